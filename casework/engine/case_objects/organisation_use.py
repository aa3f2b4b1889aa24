"""Whether an organisation can be named in something new: until somebody says that its record has expired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework import reasons
from casework.engine.case_objects.record_expiry import against_expiry
from casework.reasons import Why


def against_use(record: Mapping[str, Any], kind: str) -> list[Why]:
    """What speaks against saying that the record expired, or against bringing it back."""
    found: list[Why] = []
    if record["programme_id"] is None:
        # Of one that several programmes rely on, none says so for the others.
        found.append(reasons.catalogue.ORGANISATION_SHARED)
    return found + against_expiry(kind, expired=record["expired_at"] is not None)
