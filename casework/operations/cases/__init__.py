"""Cases: to open, advance, list and show them."""
