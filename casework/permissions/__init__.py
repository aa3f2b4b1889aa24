"""Who may do what, here and now, and for whom. Pure: one policy answers both the gate and the list."""
