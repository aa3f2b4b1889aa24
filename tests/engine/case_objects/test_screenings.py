"""What must be said of a screening, and for how long one may count."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.screenings import LONGEST, Looked, faults_of, last_day

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


DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(DAYS, DAYS, st.integers(1, 366), DAYS, st.booleans(), st.booleans())
def test_a_screening_answers_as_long_as_it_was_said_and_no_longer_than_it_may(
    made: date, said: date, days: int, asked: date, clear: bool, owners_free: bool
) -> None:
    until = last_day(made.isoformat(), said.isoformat(), days)
    looked = Looked(clear, owners_free, made.isoformat(), until)
    assert looked.holds(asked) is (clear and owners_free and asked <= said and asked - made <= timedelta(days=days))


@pytest.mark.parametrize(("made", "said"), [("", "2026-03-30"), ("2026-03-30", ""), ("", "")])
def test_one_that_says_no_days_answers_for_none(made: str, said: str) -> None:
    assert not Looked(True, True, made, last_day(made, said, 90)).holds(date(2020, 1, 1))
