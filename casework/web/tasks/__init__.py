"""Pages of tasks and queues."""
