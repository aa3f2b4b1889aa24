"""The page that everybody begins with."""
