"""Whether histories and rows are whole, and each deed in them was allowed."""
