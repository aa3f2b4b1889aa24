"""Success stories: how an officer writes one and asks both parties, and what everybody reads."""
