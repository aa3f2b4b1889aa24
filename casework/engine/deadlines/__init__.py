"""How due dates are computed: working calendars, limits, and the plan by which lateness escalates."""
