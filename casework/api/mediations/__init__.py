"""Routes of mediations."""
