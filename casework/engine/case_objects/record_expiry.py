"""Whether the record of an organisation or a right is named in something new: until somebody says, with a reason, that it has expired."""

from __future__ import annotations

from collections.abc import Iterator

from casework import reasons
from casework.reasons import Why

#: What its log says was done: it is named in nothing new from now on, and what runs goes on; or it is named again.
EXPIRED, BROUGHT_BACK = "expired", "brought_back"


def against_expiry(kind: str, *, expired: bool) -> list[Why]:
    """What speaks against saying that a record expired (`EXPIRED`), or against bringing it back (`BROUGHT_BACK`)."""
    if kind == EXPIRED and expired:
        return [reasons.catalogue.RECORD_EXPIRED_ALREADY]
    if kind == BROUGHT_BACK and not expired:
        return [reasons.catalogue.RECORD_NOT_EXPIRED]
    return []


def expiry_faults(kind: str, *, expired: bool, reasoned: bool) -> Iterator[str]:
    """What is wrong with a log that says one of the two of a record that had `expired` by then, or had not."""
    if kind not in (EXPIRED, BROUGHT_BACK):
        return
    if not reasoned:
        yield "it does not say why"
    if against_expiry(kind, expired=expired):
        yield "the record had expired before" if expired else "the record had not expired"
