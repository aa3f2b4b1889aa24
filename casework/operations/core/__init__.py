"""What every action goes through: the transaction, idempotency, what one may see, registers, words."""
