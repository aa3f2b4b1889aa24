"""Whether histories and rows are whole, and each action in them was allowed."""
