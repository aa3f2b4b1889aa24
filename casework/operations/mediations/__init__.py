"""Mediations, and the disclosure of what is sealed in them."""
