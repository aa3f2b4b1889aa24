"""Routes of background jobs and of what needs care."""
