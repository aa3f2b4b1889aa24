"""Referrals to service providers."""
