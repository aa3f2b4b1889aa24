"""Truth tables of what a right's record lets an agreement give of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.right_kinds import KINDS, has_ended, stands
from casework.engine.definition.guard_facts import Facts
from tests.workflows.case_facts import NOW, facts
from workflows import right_guards

TODAY = NOW.date()
TERMS = {"kind": "patent_licence", "licence": "plain", "territories": ["CN"], "rights": ["right-1"]}


def about(right: Mapping[str, Any], **terms: Any) -> Facts:
    record = {"kind": "invention", "office": "CN", "number": "1", "status": "in_force", **right}
    return facts(outside={"rights": {"right-1": record}}, data=TERMS | terms)


@pytest.mark.parametrize(
    ("right", "words"),
    [
        ({}, None),
        ({"status": "lapsed"}, "CN 1 is on record as lapsed."),
        ({"status": "invalid", "expires_on": "2040-01-01"}, "CN 1 is on record as declared invalid."),
        ({"expires_on": TODAY.isoformat()}, None),
        ({"expires_on": (TODAY - timedelta(days=1)).isoformat()}, f"CN 1 ended on {TODAY - timedelta(days=1)}."),
        ({"kind": "application", "status": "pending"}, None),
        ({"kind": "application", "status": "refused"}, "CN 1 is on record as refused."),
        ({"kind": "know_how", "status": None}, None),
        ({"kind": "know_how", "status": "disclosed"}, "CN 1 is on record as disclosed."),
    ],
)
def test_nothing_is_given_of_what_has_ended(right: dict[str, Any], words: str | None) -> None:
    guard = right_guards.rights_of_terms_have_not_ended
    now = about(right)
    assert guard.because is not None
    assert guard.holds(now) is (words is None)
    assert [str(why) for why in guard.because(now)] == ([] if words is None else [words])
    assert guard.holds(facts(outside={"rights": {}}, data={"kind": "purchase"}))
    assert guard.holds(about(right, kind="assignment")) is (words is None)


@given(st.dates(date(2026, 1, 1), date(2046, 1, 1)), st.dates(date(2026, 1, 1), date(2046, 1, 1)))
def test_a_licence_ends_with_its_right_or_before_it(right: date, licence: date) -> None:
    guard = right_guards.licence_ends_with_its_rights
    now = about({"expires_on": right.isoformat()}, expires_on=licence.isoformat())
    assert guard.holds(now) is (licence <= right)
    assert guard.because is not None
    assert [str(why) for why in guard.because(now)] == ([] if licence <= right else [f"CN 1 ends on {right}."])


def test_what_has_no_end_outlives_nothing() -> None:
    guard = right_guards.licence_ends_with_its_rights
    assert guard.holds(about({"expires_on": "2030-01-01"}))
    assert guard.holds(about({}, expires_on="2040-01-01"))
    assert guard.holds(about({"expires_on": "2030-01-01"}, kind="assignment", expires_on="2040-01-01"))


@given(
    st.sampled_from([*KINDS, "unheard of"]),
    st.sampled_from([None, *{status for kind in KINDS.values() for status in kind.statuses}]),
    st.none() | st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)
def test_nothing_that_stands_has_ended(kind: str, status: str | None, ends: date | None) -> None:
    right = {"kind": kind, "status": status, "expires_on": ends and ends.isoformat()}
    today = TODAY.isoformat()
    assert not (stands(right, today) and has_ended(right, today))
