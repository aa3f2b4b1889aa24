"""What must be said of a screening, and for how long one may count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from casework.engine.case_objects.screenings import LONGEST, faults_of

TODAY = date(2026, 3, 30)
SAID = {
    "result": "clear", "checked_on": "2026-03-30", "valid_until": "2026-06-28", "lists": "UN, EU of 30 March", "evidence": "Query 7",
}  # fmt: skip


def faults(owners: dict[str, str] | None = None, known: tuple[str, ...] = (), **other: Any) -> set[str]:
    return set(faults_of(SAID | other, owners or {}, known, TODAY))


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ({}, set()),
        *(({name: None}, {name}) for name in SAID),
        ({"result": "maybe"}, {"result"}),
        ({"result": "hit"}, {"finding"}),
        ({"result": "hit", "finding": "A namesake."}, set()),
        ({"checked_on": "2026-03-31"}, {"checked_on"}),
        ({"checked_on": "soon"}, {"checked_on"}),
        ({"valid_until": "2026-03-29"}, {"valid_until"}),
        ({"valid_until": (TODAY + LONGEST).isoformat()}, set()),
        ({"valid_until": (TODAY + LONGEST + timedelta(days=1)).isoformat()}, {"valid_until"}),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(other: dict[str, Any], wrong: set[str]) -> None:
    assert faults(**other) == wrong


def test_each_owner_on_record_is_answered_and_nobody_else() -> None:
    assert faults({"a": "clear"}, ("a",)) == set()
    assert faults({}, ("a",)) == {"owners"}
    assert faults({"a": "clear", "b": "clear"}, ("a",)) == {"owners"}
    assert faults({"a": "maybe"}, ("a",)) == {"owners"}
    assert faults({"a": "hit"}, ("a",)) == {"finding"}
