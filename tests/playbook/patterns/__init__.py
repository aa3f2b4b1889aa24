"""The 43 patterns of control flow, each as a small workflow with a scenario, and every way in which a case of it can go."""
