"""What a case is at a moment: its state, the events of its log, and the fold from one to the other."""
