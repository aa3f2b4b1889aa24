"""Pages of mediations, their unsealing, and cases opened in an emergency."""
