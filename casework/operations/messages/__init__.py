"""Messages and mentions."""
