"""What came of a programme's cases: folds of its logs up to an instant, each with what is counted, among what, and by which cases."""
