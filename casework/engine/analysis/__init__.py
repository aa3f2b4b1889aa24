"""What is computed from cases for people: remaining work, staffing, whose time it was, who is told."""
