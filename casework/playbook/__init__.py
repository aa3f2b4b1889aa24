"""A script of a case, and what plays it: one driver for the demo, the simulation and the journeys of the tests."""
