"""Routes of deadlines."""
