"""When an organisation's record can expire, and when it can be brought back: each combination of what stands."""

from __future__ import annotations

from typing import Any

import pytest

from casework import reasons
from casework.engine.case_objects.organisation_use import against_use
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED

SHARED = reasons.catalogue.ORGANISATION_SHARED
ALREADY = reasons.catalogue.RECORD_EXPIRED_ALREADY
NOT_EXPIRED = reasons.catalogue.RECORD_NOT_EXPIRED


@pytest.mark.parametrize(
    ("programme", "since", "kind", "against"),
    [
        ("p", None, EXPIRED, []),
        ("p", "t", EXPIRED, [ALREADY]),
        ("p", "t", BROUGHT_BACK, []),
        ("p", None, BROUGHT_BACK, [NOT_EXPIRED]),
        (None, None, EXPIRED, [SHARED]),
        (None, "t", EXPIRED, [SHARED, ALREADY]),
        (None, "t", BROUGHT_BACK, [SHARED]),
        (None, None, BROUGHT_BACK, [SHARED, NOT_EXPIRED]),
    ],
)
def test_what_speaks_against_it(programme: str | None, since: str | None, kind: str, against: list[Any]) -> None:
    assert against_use({"programme_id": programme, "expired_at": since}, kind) == against
