"""Mediations, the unsealing of them, and cases opened in an emergency."""
