"""What a command does: which actions are open, the transitions, their guards, and the event that comes of them."""
