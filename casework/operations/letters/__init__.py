"""Letters: written, printed, sent."""
