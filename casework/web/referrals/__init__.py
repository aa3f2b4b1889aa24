"""Pages of referrals and providers."""
