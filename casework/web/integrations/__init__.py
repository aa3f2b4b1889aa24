"""Pages of webhooks and service accounts."""
