"""People at work in an office of any size, through the real processes: `python -m benchmarks.load`, or `make load`."""
