"""Signatures of webhooks, which the library `standardwebhooks` computes, and the secrets that sign."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

PREFIX = "whsec_"


def sign(secrets_now: Sequence[str], id: str, timestamp: int, payload: str) -> str:
    """The header webhook-signature: one signature for each secret, with spaces between; the library signs with one."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return " ".join(Webhook(secret).sign(id, moment, payload) for secret in secrets_now)


def new_secret() -> str:
    """256 random bits, written as the standard has them; the library makes none."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
