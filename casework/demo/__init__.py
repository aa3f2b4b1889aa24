"""The demo: a programme with records, people and cases, made by the operations over simulated time."""
