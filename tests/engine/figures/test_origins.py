"""Of which event a case came follows what was said of its need when it was opened, and changes no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.figures.origins import origins
from casework.engine.figures.register_facts import CAME_OF, RecordFacts, read_programme
from casework.engine.figures.world import World
from casework.engine.state.events import ERASED as ERASURE
from casework.engine.state.events import RegisterEvent
from casework.ledger.redactable_bodies import ERASED
from tests.engine.figures.pieces import START, world

#: What is said of a need: on which day, by which row, and what; None takes it back.
Said = tuple[int, str, Mapping[str, str | None] | None]


def at(day: int) -> datetime:
    return START + timedelta(days=day)


def row(need: str, visit: str | None) -> Mapping[str, str | None]:
    return {"need_id": need, "assessment_id": "plan", "visit_id": visit}


def told(said: Iterable[Said], merged: Mapping[str, tuple[str, int]] | None = None, day: int = 90) -> World:
    """A programme in which this was said, and needs were merged into others."""
    events = [
        RegisterEvent("log", n, at(on), "said", "a", effects={}, body={f"{CAME_OF}/{key}": what})
        for n, (on, key, what) in enumerate(said, 1)
    ]
    needs = [RecordFacts(id, {"merged_into": None}, date(2026, 1, 1)) for id in "abc" if id not in (merged or {})]
    needs += [
        RecordFacts(id, {"merged_into": into}, date(2026, 1, 1), at(on)) for id, (into, on) in (merged or {}).items()
    ]
    facts = read_programme(events, at(day))
    return replace(world(day=day), needs=tuple(needs), came_of=facts.came_of, beside=facts.beside)


def of(there: World, need: str, opened: int) -> set[str]:
    return {*origins(there)(need, at(opened))}


def test_what_is_said_later_changes_nothing_of_a_case_of_which_something_was_said() -> None:
    there = told([(1, "1", row("a", "fair")), (9, "1", row("a", "visit")), (12, "1", None)])
    assert of(there, "a", 5) == {"plan", "fair"}
    assert of(there, "a", 10) == {"plan", "visit"}


def test_where_nothing_was_said_by_then_it_is_what_was_said_first() -> None:
    there = told([(9, "1", row("a", "fair")), (12, "1", row("a", "visit"))])
    assert of(there, "a", 5) == {"plan", "fair"}
    assert of(there, "b", 5) == set()


def test_a_need_is_one_with_those_that_were_merged_into_it_by_then() -> None:
    said: list[Said] = [(1, "1", row("a", "fair")), (2, "2", row("b", "visit"))]
    there = told(said, {"b": ("a", 6)})
    assert of(there, "a", 5) == {"plan", "fair"}
    assert of(there, "a", 7) == {"plan", "fair", "visit"}
    assert of(there, "b", 7) == {"plan", "fair", "visit"}
    # What came with a need that was merged later is told where nothing else was.
    assert of(told(said[1:], {"b": ("a", 6)}), "a", 5) == {"plan", "visit"}


def test_what_an_erasure_tells_anew_was_so_from_the_beginning() -> None:
    events = [
        RegisterEvent("log", 1, at(1), "said", "a", effects={}, body={f"{CAME_OF}/1": ERASED}),
        RegisterEvent("log", 2, at(20), ERASURE, "a", effects={}, body={f"{CAME_OF}/1": row("a", "fair")}),
    ]
    for day in (10, 30):
        facts = read_programme(events, at(day))
        there = replace(world(day=day), came_of=facts.came_of)
        assert of(there, "a", 5) == {"plan", "fair"}


NEEDS, VISITS = st.sampled_from("abc"), st.sampled_from(["fair", "visit", None])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from("12"), st.one_of(st.none(), st.builds(row, NEEDS, VISITS)))),
    st.dictionaries(st.sampled_from("bc"), st.tuples(st.just("a"), st.integers(0, 20))),
    NEEDS,
    st.integers(0, 20),
    st.integers(0, 30),
)
def test_it_is_what_somebody_finds_who_looks_day_by_day(
    said: list[Said], merged: dict[str, tuple[str, int]], need: str, opened: int, day: int
) -> None:
    said = sorted(said, key=lambda one: one[0])
    there = told(said, {one: into for one, into in merged.items() if into[1] <= day}, day=max(day, opened))

    def on(moment: int) -> set[str]:
        rows: dict[str, Any] = {}
        for when, key, what in said:
            if when <= moment:
                rows[key] = what
        root = merged[need][0] if need in merged and merged[need][1] <= min(moment, day) else need
        one = {root} | {gone for gone, (into, when) in merged.items() if into == root and when <= min(moment, day)}
        found = [what for what in rows.values() if what and what["need_id"] in one]
        return {told for what in found for told in (what["assessment_id"], what["visit_id"]) if told}

    expected = next((found for moment in range(opened, max(day, opened) + 1) if (found := on(moment))), set())
    assert of(there, need, opened) == expected
