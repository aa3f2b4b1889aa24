"""How a need finds technologies: terms, a dictionary, scores, filters and what explains them; pure."""
