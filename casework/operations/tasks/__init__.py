"""Tasks and the queues in which they wait."""
