"""How fast Casework is, as ratios against hand-written SQL on the same server."""
