"""What supervisors watch: late work, prospects, background jobs."""
