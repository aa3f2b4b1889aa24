"""Whether an organisation can be named in something new: until somebody says that its record has expired."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework import reasons
from casework.engine.case_objects.organisations import BROUGHT_BACK, EXPIRED
from casework.reasons import Why


def against_use(record: Mapping[str, Any], kind: str) -> list[Why]:
    """What speaks against saying that the record expired (`EXPIRED`), or against bringing it back (`BROUGHT_BACK`)."""
    found: list[Why] = []
    if record["programme_id"] is None:
        # Of one that several programmes rely on, none says so for the others.
        found.append(reasons.catalogue.ORGANISATION_SHARED)
    stands = record["expired_at"] is None
    if kind == EXPIRED and not stands:
        found.append(reasons.catalogue.ORGANISATION_EXPIRED_ALREADY)
    if kind == BROUGHT_BACK and stands:
        found.append(reasons.catalogue.ORGANISATION_NOT_EXPIRED)
    return found
