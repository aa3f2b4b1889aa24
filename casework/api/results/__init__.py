"""Routes of success stories."""
