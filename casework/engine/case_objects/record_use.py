"""Whether a need or a technology is still in use: until its last day has passed, or somebody says that it expired or was taken back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework import reasons
from casework.reasons import Why

PUBLISHED, EXPIRED, TAKEN_BACK = "published", "expired", "withdrawn"
#: How a need stands that whoever keeps it has written down and not published yet: to all others it is not there.
DRAFT = "draft"
#: As which a record is entered.
BEGINS = (PUBLISHED, DRAFT)
#: How a need stands for which a case runs, or came to something (`need_status`).
MATCHED, MET = "matched", "met"
#: As which records are in use. Of a need for which a case runs or ran well no day says that it expired.
IN_USE, WITHOUT_LAST_DAY = (PUBLISHED, MATCHED, MET), (MATCHED, MET)
#: Whoever owns it can be named in nothing new.
OWNER_EXPIRED = "owner_expired"
#: How one that is used no more stands.
ENDED = (EXPIRED, TAKEN_BACK)


def ended_as(record: Mapping[str, Any], today: str) -> str | None:
    """How a record ended, as somebody said or its last day tells; None for one in use."""
    if record.get("status") in ENDED:
        return str(record["status"])
    last = None if record.get("status") in WITHOUT_LAST_DAY else record.get("valid_until")
    return EXPIRED if last is not None and str(last) < today else None


def against_ending(record: Mapping[str, Any], status: str) -> dict[str, Why]:
    """What speaks against saying that a record expired or was taken back, by field."""
    if status not in ENDED:
        return {"status": reasons.fields.ONE_OF(choices=ENDED)}
    # One whose last day has passed can still be said to have been taken back, or that it expired: then it is no more a day's matter.
    return {"status": reasons.catalogue.ENDED_ALREADY} if record.get("status") in ENDED else {}


def against_publishing(record: Mapping[str, Any]) -> dict[str, Why]:
    """What speaks against publishing a need, by field."""
    return {} if record.get("status") == DRAFT else {"status": reasons.catalogue.NO_DRAFT}


def against_return(record: Mapping[str, Any], valid_until: str | None, today: str) -> dict[str, Why]:
    """What speaks against using a record again, `valid_until` being its new last day where one is said."""
    if ended_as(record, today) is None:
        return {"reason": reasons.catalogue.NOT_ENDED}
    last = valid_until or record.get("valid_until")
    return {"valid_until": reasons.catalogue.LAST_DAY_PASSED} if last is not None and str(last) < today else {}
