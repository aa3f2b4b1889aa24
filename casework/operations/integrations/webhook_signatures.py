"""Signatures of webhooks, as Standard Webhooks has them, and the secrets that sign."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"


def sign(secrets_now: Sequence[str], id: str, timestamp: int, payload: str) -> str:
    """The header webhook-signature: one signature for each secret, with spaces between."""
    signed = f"{id}.{timestamp}.{payload}".encode()
    return " ".join(
        "v1,"
        + base64.b64encode(
            hmac.new(base64.b64decode(secret.removeprefix(PREFIX)), signed, hashlib.sha256).digest()
        ).decode()
        for secret in secrets_now
    )


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
