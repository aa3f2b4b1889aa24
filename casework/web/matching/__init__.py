"""The match desk: a need, the technologies that may meet it, and what people decide."""
