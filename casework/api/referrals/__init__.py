"""Routes of referrals."""
