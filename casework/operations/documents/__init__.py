"""Documents: filed, shared, checked, kept."""
