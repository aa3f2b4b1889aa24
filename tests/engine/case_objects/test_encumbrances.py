"""What lies on a right: it keeps its place when it ends, and only what stands of a case can be ended by it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.encumbrances import (
    BURDEN_CHANGED,
    CONFIRMED,
    ENCUMBERED,
    RECORDED,
    RELEASED,
    encumbrances,
    standing,
)
from casework.engine.state.events import RegisterEvent
from casework.engine.state.right_values import Encumbrance
from tests.engine.toys import START


def burden(id: str, *, case: str = "c1", to: str | None = None, kind: str = "pledge", **more: Any) -> Encumbrance:
    return {
        "id": id,
        "case": case,
        "kind": kind,
        "territories": ["CN"],
        "licence": None,
        "from": "2026-03-01",
        "to": to,
    } | more  # type: ignore[return-value]  # with fields of a test's own


def event(kind: str, **effects: Any) -> RegisterEvent:
    return RegisterEvent("right", 1, START, kind, "officer-1", effects=effects)  # type: ignore[arg-type]  # of one kind


def laid(id: str) -> RegisterEvent:
    return event(ENCUMBERED, encumbrance=burden(id))


def released(on: str, *ids: str) -> RegisterEvent:
    return event(RELEASED, ended=list(ids), on=on)


def test_what_is_laid_on_a_right_comes_after_what_lies_there() -> None:
    assert encumbrances([laid("a"), laid("b")]) == [burden("a"), burden("b")]
    assert encumbrances([]) == []


def test_what_ends_keeps_its_place_with_its_day() -> None:
    events = [laid("a"), laid("b"), released("2026-04-01", "a")]
    assert encumbrances(events) == [burden("a", to="2026-04-01"), burden("b")]


def test_what_the_register_says_otherwise_stands_on_those_that_were_changed() -> None:
    less = {"amount": "5.00", "currency": "CNY"}
    changed = event(BURDEN_CHANGED, changed=["a"], on="2026-05-01", amount=less, until="2029-01-01")
    told = encumbrances([laid("a"), laid("b"), changed, event(BURDEN_CHANGED, changed=["a"], on="2026-06-01")])
    assert told == [burden("a", amount=less, until="2029-01-01", changed_on="2026-06-01"), burden("b")]


@pytest.mark.parametrize("kind", [RECORDED, CONFIRMED])
def test_other_events_of_a_right_change_nothing(kind: str) -> None:
    assert encumbrances([laid("a"), event(kind, ended=["a"], on="2026-04-01")]) == [burden("a")]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("abc")), max_size=8))
def test_every_one_ever_laid_is_told_and_ended_alone_where_it_was_released(steps: list[tuple[bool, str]]) -> None:
    events = [laid(id) if lay else released("2026-04-01", id) for lay, id in steps]
    told = encumbrances(events)
    assert [one["id"] for one in told] == [id for lay, id in steps if lay]
    ends = {id for n, (lay, id) in enumerate(steps) if not lay and (True, id) in steps[:n]}
    assert {one["id"] for one in told if one["to"]} == ends


def test_only_what_stands_of_the_case_and_fits_can_end() -> None:
    burdens = [
        burden("fits"),
        burden("other case", case="c2"),
        burden("ended", to="2026-04-01"),
        burden("other kind", kind="license"),
        burden("also fits"),
    ]
    assert standing(burdens, {"kind": "pledge"}, "c1") == ["fits", "also fits"]
    assert standing(burdens, {}, "c1") == ["fits", "other kind", "also fits"]
    assert standing(burdens, {"kind": "pledge", "id": "also fits"}, "c1") == ["also fits"]
    assert standing(burdens, {"unheard": True}, "c1") == []
