"""Needs, technologies and matches, and their import."""
