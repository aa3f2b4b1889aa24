"""The pilot's workflow definitions."""
