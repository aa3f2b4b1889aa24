"""What a workflow is and how a case moves: pure functions and frozen data."""
