"""What happens by itself: timers, imports, messages."""
