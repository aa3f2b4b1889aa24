"""What is stored: tables and queries."""
