"""Webhooks and service accounts."""
