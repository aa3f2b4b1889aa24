"""What a definition may say and whether it is sound: grammar, forms, editions, their validation."""
