"""What supervisors watch: late work, forecasts, background jobs."""
