"""How cases ran, folded from their logs: what tools of process mining read, and what is told of it here."""
