"""Signatures of webhooks, and the secrets that sign. Those of ours the library `standardwebhooks` computes.

Those of others are compared here: the library takes the time from this machine, and tells which step refused a message.
"""

from __future__ import annotations

import base64
import hmac
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

PREFIX = "whsec_"


def sign(secrets_now: Sequence[str], id: str, timestamp: int, payload: str) -> str:
    """The header webhook-signature: one signature for each secret, with spaces between; the library signs with one."""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return " ".join(Webhook(secret).sign(id, moment, payload) for secret in secrets_now)


def new_secret() -> str:
    """256 random bits, written as the standard has them; the library makes none."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


#: By so much may the sender's clock differ from the database's, and a message be late.
TOLERANCE = timedelta(minutes=5)
#: More signatures than this are not looked at.
MOST_SIGNATURES = 8
#: What may stand in a webhook-id: no dot, so that what is signed can be read in one way only.
_ID = re.compile(r"[A-Za-z0-9_:-]{1,200}")
_TIMESTAMP = re.compile(r"[1-9][0-9]{0,11}")


@dataclass(frozen=True)
class Signed:
    """What came with a message: the three headers of the standard, and its body."""

    id: str
    timestamp: str
    signature: str
    body: bytes


def is_signed(message: Signed, secrets_now: Sequence[str], now: datetime) -> bool:
    """Whether one of the secrets signed it, and lately. It takes as long where it was not, at whichever step that shows."""
    # A message that cannot be right is compared all the same, so that its answer takes no less time.
    readable = _ID.fullmatch(message.id) is not None and _TIMESTAMP.fullmatch(message.timestamp) is not None
    content = f"{message.id}.{message.timestamp}.".encode() + message.body
    given = message.signature.split(" ")
    holds = False
    for secret in secrets_now:
        wanted = b"v1," + base64.b64encode(hmac.digest(_key(secret), content, "sha256"))
        for one in given[:MOST_SIGNATURES]:
            holds |= hmac.compare_digest(wanted, one.encode())
    return holds and readable and abs(now.timestamp() - int(message.timestamp)) <= TOLERANCE.total_seconds()


def _key(secret: str) -> bytes:
    return base64.b64decode(secret.removeprefix(PREFIX))
