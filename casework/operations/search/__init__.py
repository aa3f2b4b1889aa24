"""Search over everything that the searcher may see."""
