"""Casework, a workflow engine for technology transfer cases."""
