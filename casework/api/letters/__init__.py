"""Routes of letters."""
