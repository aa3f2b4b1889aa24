"""Routes of sessions and tokens."""
