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
    beyond,
    conflict,
    may_sublicense,
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


# --- sublicences -----------------------------------------------------------------------------------------------------

LEAVES = {EXCLUSIVE: 2, SOLE: 1, PLAIN: 0}


def reach_anywhere(one: Terms) -> set[tuple[str, str, str]]:
    """The same with a place and a use that nobody names: only who says nothing of it gives it there."""
    places = (*PLACES, "FR") if not one.territories or WORLD in one.territories else one.territories
    return {(place, use, day) for place in places for use in one.fields or (*USES, "food") for day in days_of(one)}


@given(terms((LICENCE,)), terms((LICENCE,)))
def test_a_sublicence_is_carried_where_it_reaches_no_further(wanted: Terms, licence: Terms) -> None:
    carried = reach_anywhere(wanted) <= reach_anywhere(licence) and LEAVES[wanted.licence] <= LEAVES[licence.licence]
    assert (beyond(wanted, licence) == []) is carried


@given(terms((LICENCE,)))
def test_all_of_a_licence_may_be_sublicensed(licence: Terms) -> None:
    assert beyond(licence, licence) == []


@given(terms((LICENCE,)), terms((LICENCE,)), terms((LICENCE,)))
def test_what_one_carries_its_own_licence_carries(third: Terms, second: Terms, first: Terms) -> None:
    if not beyond(third, second) and not beyond(second, first):
        assert beyond(third, first) == []


@pytest.mark.parametrize(
    ("change", "wider"),
    [
        ({}, []),
        ({"licence": SOLE}, []),
        ({"licence": EXCLUSIVE}, ["licence"]),
        ({"territories": frozenset({"CN", "DE"})}, ["territories"]),
        ({"territories": frozenset({WORLD})}, ["territories"]),
        ({"territories": frozenset()}, ["territories"]),
        ({"fields": frozenset({"energy"})}, ["uses"]),
        ({"fields": frozenset()}, ["uses"]),
        ({"first": "2025-12-31"}, ["first"]),
        ({"first": None}, ["first"]),
        ({"last": "2027-01-01"}, ["last"]),
        ({"last": None}, ["last"]),
        (
            {"licence": EXCLUSIVE, "territories": frozenset(), "fields": frozenset(), "first": None, "last": None},
            ["licence", "territories", "uses", "first", "last"],
        ),
    ],
)
def test_what_is_wider_than_its_licence_is_named(change: dict[str, Any], wider: list[str]) -> None:
    licence = Terms(LICENCE, SOLE, CN, WATER, "2026-01-01", "2026-12-31")
    same: dict[str, Any] = {
        "licence": PLAIN,
        "territories": CN,
        "fields": WATER,
        "first": "2026-01-01",
        "last": "2026-12-31",
    }
    assert beyond(Terms(LICENCE, **same | change), licence) == wider


LENT: dict[str, Any] = {
    "id": "b",
    "case": "c",
    "kind": LICENCE,
    "licence": EXCLUSIVE,
    "holder": "us",
    "to": None,
    "sublicence": True,
}


@pytest.mark.parametrize(
    ("change", "may"),
    [
        ({}, True),
        ({"sublicence": False}, False),
        ({"sublicence": None}, False),
        ({"to": "2026-02-01"}, False),
        ({"holder": "other"}, False),
        ({"kind": TRANSFER}, False),
    ],
)
def test_only_a_licence_that_stands_and_says_so_is_sublicensed(change: dict[str, Any], may: bool) -> None:
    assert may_sublicense(LENT | change, {"us"}) is may


@pytest.mark.parametrize("away", SIGNED_AWAY)
@pytest.mark.parametrize("sublicence", [True, False])
def test_neither_ones_own_licence_nor_who_owns_the_right_now_bars_a_sublicence(away: str, sublicence: bool) -> None:
    own = LENT | {"sublicence": sublicence}
    burdens = [own, {"id": "t", "case": "d", "kind": away, "holder": "new owner", "to": None}]
    wanted = Terms(LICENCE, PLAIN)
    assert standing_against(wanted, burdens, "ours", licensees={"us"}) == ([] if sublicence else burdens)
    assert standing_against(wanted, burdens, "ours") == burdens
    # Who has a licence has the right itself no more than before.
    assert standing_against(Terms(away), burdens, "ours", licensees={"us"}) == burdens[1:]


@pytest.mark.parametrize(("wanted", "bars"), [(PLAIN, False), (SOLE, True), (EXCLUSIVE, True)])
def test_one_sublicence_bars_another_as_licences_do(wanted: str, bars: bool) -> None:
    first = {"id": "s", "case": "d", "kind": LICENCE, "licence": PLAIN, "holder": "first licensee", "to": None}
    found = standing_against(Terms(LICENCE, wanted), [LENT, first], "ours", licensees={"us"})
    assert found == ([first] if bars else [])


def test_a_licence_for_elsewhere_takes_no_assignment_out_of_the_way() -> None:
    here = LENT | {"territories": ["CN"]}
    sold = {"id": "t", "case": "d", "kind": TRANSFER, "holder": "new owner", "to": None}
    wanted = Terms(LICENCE, PLAIN, frozenset({"DE"}))
    assert standing_against(wanted, [here, sold], "ours", licensees={"us"}) == [sold]
