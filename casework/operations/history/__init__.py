"""What happened, and who could have done it at that moment."""
