"""When a case, a step or a request is likely to end, from what its programme has seen by an instant. Pure."""
