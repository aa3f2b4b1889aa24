"""When a record can be said to have expired, when it can be brought back, and what is found in a log that says otherwise."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED, against_expiry, expiry_faults

ALREADY, NOT_EXPIRED = reasons.catalogue.RECORD_EXPIRED_ALREADY, reasons.catalogue.RECORD_NOT_EXPIRED


@pytest.mark.parametrize(
    ("kind", "expired", "against", "found"),
    [
        (EXPIRED, False, [], []),
        (EXPIRED, True, [ALREADY], ["the record had expired before"]),
        (BROUGHT_BACK, True, [], []),
        (BROUGHT_BACK, False, [NOT_EXPIRED], ["the record had not expired"]),
        ("confirmed", True, [], []),
        ("confirmed", False, [], []),
    ],
)
def test_what_speaks_against_it_is_found_afterwards(
    kind: str, expired: bool, against: list[Any], found: list[str]
) -> None:
    assert against_expiry(kind, expired=expired) == against
    assert list(expiry_faults(kind, expired=expired, reasoned=True)) == found


@given(st.sampled_from((EXPIRED, BROUGHT_BACK)), st.booleans())
def test_a_reason_is_always_asked(kind: str, expired: bool) -> None:
    with_one = list(expiry_faults(kind, expired=expired, reasoned=True))
    assert list(expiry_faults(kind, expired=expired, reasoned=False)) == ["it does not say why", *with_one]
