"""Variants and arcs count each case and each pair of actions once, in an order that a tie does not change."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.mining.runs import taken
from casework.engine.mining.traces import Trace, read_trace
from casework.engine.mining.ways import middle, way_key, ways_of
from tests.engine.figures.pieces import Told

LATE = datetime(2200, 1, 1, tzinfo=UTC)


@given(st.lists(st.timedeltas(timedelta(0), timedelta(900)), min_size=1))
def test_the_middle_has_as_many_below_as_above(times: list[timedelta]) -> None:
    found = middle(times)
    assert found is not None
    assert sum(one < found for one in times) <= len(times) / 2 >= sum(one > found for one in times)


def traced(told: Told) -> Trace:
    found = read_trace(told.events, LATE)
    assert found is not None
    return found


def cases_of(*ways: str) -> list[Trace]:
    """A case for each way; each action a day after the one before."""
    found = []
    for n, way in enumerate(ways):
        told = Told(f"{n}")
        for day, name in enumerate(way, 1):
            told.fire(name, day, on="main")
        found.append(traced(told))
    return found


@given(st.lists(st.lists(st.text("abc_", max_size=3), max_size=4).map(tuple), max_size=8))
def test_an_address_tells_any_two_ways_apart_and_is_short(ways: list[tuple[str, ...]]) -> None:
    assert len({way_key(one) for one in ways}) == len({*ways})
    assert {len(way_key(one)) for one in ways} <= {16}


@given(st.lists(st.text("abc", max_size=4), max_size=8))
def test_every_case_and_every_pair_is_counted_once(ways: list[str]) -> None:
    cases = cases_of(*ways)
    found = ways_of(cases).variants()
    assert Counter({"".join(one.actions): len(one.cases) for one in found}) == Counter(ways)
    assert sum(one.share for one in found) == (1 if ways else 0)
    assert {(one.source, one.target): one.count for one in ways_of(cases).arcs()} == Counter(
        pair for way in ways for pair in pairwise(way)
    )
    other = ways_of(cases[::-1])
    assert (other.variants(), other.arcs()) == (found, ways_of(cases).arcs())


def test_the_most_frequent_comes_first_and_a_tie_is_broken_by_the_actions() -> None:
    found = ways_of(cases_of("b", "ab", "a", "ab")).variants()
    assert [one.actions for one in found] == [("a", "b"), ("a",), ("b",)]
    assert found[0].cases == ("1", "3")
    assert found[0].share == Fraction(1, 2)


def test_the_time_of_a_variant_is_that_of_its_closed_cases() -> None:
    def case(days: int, *, closed: bool) -> Trace:
        told = (
            Told(f"{days}").fire("end", days, outcome="introduced", closed=True) if closed else Told("x").fire("end", 9)
        )
        return traced(told)

    found = ways_of([case(2, closed=True), case(4, closed=True), case(0, closed=False)]).variants()
    assert [(one.actions, len(one.cases)) for one in found] == [(("end",), 3)]
    assert found[0].takes is not None
    assert timedelta(days=3) <= found[0].takes < timedelta(days=3, seconds=1)


def test_an_arc_waits_the_middle_of_its_waits() -> None:
    cases = [traced(Told(f"{n}").fire("a", 1).fire("b", 1 + n)) for n in (1, 2, 9)]
    (arc,) = ways_of(cases).arcs()
    assert (arc.source, arc.target, arc.count) == ("a", "b", 3)
    assert arc.wait is not None
    assert arc.wait.days == 2


def test_only_what_was_taken_on_the_main_track_is_on_the_way() -> None:
    told = Told("1").add("proposed", "main", 1, transition="a").fire("a", 2)
    told.add("opened_track", "main", 3, tracks=[Told._track("other", "referral")]).fire("b", 4, on="other")
    assert [step.name for step in taken(traced(told))] == ["a"]


def test_the_middle_of_nothing_is_nothing() -> None:
    assert middle([]) is None
    assert middle([timedelta(1), timedelta(4)]) == timedelta(2.5)
