"""Pages of mediations and disclosures."""
