"""Match runs over the API."""
