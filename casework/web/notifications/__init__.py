"""Pages of notifications and mails."""
