"""Personal data: how long it is kept, and how it is erased."""
