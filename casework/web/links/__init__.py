"""One-time links of parties."""
