"""Checks what comes out of Casework, without Casework."""
