"""What may be done with a task: operations, allocation, order in queues, reviews, substitution."""
