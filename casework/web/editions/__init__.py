"""Pages of definitions and their drawings."""
