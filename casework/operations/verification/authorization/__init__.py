"""Whether each event of a log was allowed when it happened."""
