"""Routes of one-time links."""
