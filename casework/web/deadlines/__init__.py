"""Pages of timers, due dates and calendars."""
