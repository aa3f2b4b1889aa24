"""Which licences and assignments stand in each other's way: a table, and the same said once more in other words."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.licence_conflicts import (
    ASSIGNMENT,
    EXCLUSIVE,
    LICENCE,
    PLAIN,
    SOLE,
    TRANSFER,
    WORLD,
    Terms,
    conflict,
    standing_against,
    terms_of,
)

SIGNED_AWAY = (ASSIGNMENT, TRANSFER)
PLACES, USES = ("CN", "JP", "DE"), ("water", "energy")
DAYS = [None, "2026-01-01", "2026-06-30", "2026-07-01", "2026-12-31"]


@st.composite
def terms(draw: st.DrawFn, kinds: tuple[str, ...] = (LICENCE, ASSIGNMENT, TRANSFER, "pledge")) -> Terms:
    first, last = draw(st.sampled_from(DAYS)), draw(st.sampled_from(DAYS))
    if first and last and last < first:
        first, last = last, first
    return Terms(
        draw(st.sampled_from(kinds)),
        draw(st.sampled_from((EXCLUSIVE, SOLE, PLAIN))),
        draw(st.frozensets(st.sampled_from((*PLACES, WORLD)))),
        draw(st.frozensets(st.sampled_from(USES))),
        first,
        last,
    )


def days_of(one: Terms) -> set[str]:
    """Of the days of the calendar of these tests those on which it runs."""
    every = ["2025-01-01", *(day for day in DAYS if day), "2027-01-01"]
    return {day for day in every if (one.first or "") <= day <= (one.last or "9")}


def reach(one: Terms) -> set[tuple[str, str, str]]:
    """Every place, use and day for which it was given."""
    places = set(PLACES) if not one.territories or WORLD in one.territories else one.territories
    return {(place, use, day) for place in places for use in one.fields or USES for day in days_of(one)}


@given(terms(), terms())
def test_what_stands_in_the_way_said_by_places_uses_and_days(wanted: Terms, standing: Terms) -> None:
    if standing.kind in SIGNED_AWAY:
        barred = wanted.kind != "pledge"
    elif wanted.kind == standing.kind == LICENCE:
        barred = {wanted.licence, standing.licence} != {PLAIN} and bool(reach(wanted) & reach(standing))
    else:
        barred = False
    assert conflict(wanted, standing) is barred


@given(terms((LICENCE,)), terms((LICENCE,)))
def test_of_two_licences_it_is_the_same_which_came_first(one: Terms, other: Terms) -> None:
    assert conflict(one, other) is conflict(other, one)


@given(terms((LICENCE,)), terms((LICENCE,)))
def test_who_says_more_bars_no_more(wanted: Terms, standing: Terms) -> None:
    everything = Terms(LICENCE, wanted.licence)
    assert conflict(everything, standing) or not conflict(wanted, standing)


@pytest.mark.parametrize("standing", [EXCLUSIVE, SOLE, PLAIN])
@pytest.mark.parametrize("wanted", [EXCLUSIVE, SOLE, PLAIN])
def test_only_plain_licences_stand_beside_each_other(wanted: str, standing: str) -> None:
    assert conflict(Terms(LICENCE, wanted), Terms(LICENCE, standing)) is not (wanted == standing == PLAIN)


@pytest.mark.parametrize("standing", [*SIGNED_AWAY, LICENCE, "pledge"])
@pytest.mark.parametrize("wanted", [LICENCE, ASSIGNMENT])
def test_who_has_assigned_has_nothing_left_and_an_assignment_leaves_licences_standing(
    wanted: str, standing: str
) -> None:
    barred = standing in SIGNED_AWAY or (wanted, standing) == (LICENCE, LICENCE)
    assert conflict(Terms(wanted, EXCLUSIVE), Terms(standing, EXCLUSIVE)) is barred


CN, WATER = frozenset({"CN"}), frozenset({"water"})


@pytest.mark.parametrize(
    ("change", "barred"),
    [
        ({}, True),
        ({"territories": frozenset({"JP"})}, False),
        ({"territories": frozenset({"JP", "CN"})}, True),
        ({"territories": frozenset({WORLD})}, True),
        ({"territories": frozenset()}, True),
        ({"fields": frozenset({"energy"})}, False),
        ({"fields": frozenset()}, True),
        ({"first": "2026-12-31"}, True),
        ({"first": "2027-01-01"}, False),
        ({"first": None, "last": "2025-12-31"}, False),
        ({"first": None, "last": "2026-01-01"}, True),
        ({"first": None, "last": None}, True),
    ],
)
def test_an_exclusive_licence_reaches_as_far_as_it_says(change: dict[str, Any], barred: bool) -> None:
    same: dict[str, Any] = {"territories": CN, "fields": WATER, "first": "2026-06-01", "last": "2028-01-01"}
    standing = Terms(LICENCE, EXCLUSIVE, CN, WATER, "2026-01-01", "2026-12-31")
    assert conflict(Terms(LICENCE, PLAIN, **same | change), standing) is barred


def test_a_recorded_licence_that_says_nothing_is_a_plain_one_for_everything() -> None:
    assert terms_of({"kind": "licence"}) == Terms(LICENCE, PLAIN)
    said = {"kind": "licence", "licence": "sole", "territories": ["CN"], "fields": ["water"], "from": "2026-01-01"}
    assert terms_of(said | {"until": "2027-01-01"}) == Terms(LICENCE, SOLE, CN, WATER, "2026-01-01", "2027-01-01")


@given(st.sampled_from(["ours", "other", None]), st.sampled_from([None, "2026-02-01"]), st.booleans())
def test_only_what_others_hold_has_not_ended_and_was_not_released_bars(
    case: str | None, to: str | None, released: bool
) -> None:
    burden = {"id": "b", "case": case, "kind": "licence", "licence": "exclusive", "to": to}
    bars = standing_against(Terms(LICENCE), [burden], "ours", ["b"] if released else [])
    assert bars == ([burden] if case != "ours" and to is None and not released else [])


@pytest.mark.parametrize("kind", [*SIGNED_AWAY, LICENCE])
@pytest.mark.parametrize("holder", ["owner", "other", None])
def test_a_transfer_to_who_gives_it_now_bars_nothing(kind: str, holder: str | None) -> None:
    burden = {"id": "b", "case": None, "kind": kind, "licence": EXCLUSIVE, "holder": holder, "to": None}
    barred = not (kind == TRANSFER and holder == "owner")
    assert standing_against(Terms(LICENCE), [burden], "ours", givers={"owner"}) == ([burden] if barred else [])
    assert standing_against(Terms(LICENCE), [burden], "ours") == [burden]
