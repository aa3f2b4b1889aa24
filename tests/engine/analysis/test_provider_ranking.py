"""Whom to ask: the order explains itself, and no merit makes up for what rules a provider out."""

from __future__ import annotations

from datetime import date
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.analysis import provider_ranking
from casework.engine.analysis.provider_ranking import POINTS, RULED_OUT, Candidate, Wanted, suggest

TODAY = date(2026, 3, 2)
WANTED = Wanted(TODAY, frozenset({"F23"}), frozenset({"zh"}), frozenset({"Beijing"}), frozenset({"heat"}))
some = st.frozensets(st.sampled_from(["F23", "B01", "zh", "en", "Beijing", "heat"]), max_size=3)
candidates = st.builds(
    Candidate,
    id=st.uuids().map(str),
    name=st.sampled_from(["Ann", "Bao", "Cai"]),
    fields=some,
    languages=some,
    places=some,
    conflicts=some,
    capacity=st.none() | st.integers(0, 5),
    open=st.integers(0, 6),
    answered=st.integers(0, 12),
    in_time=st.integers(0, 12),
    declined_here=st.booleans(),
    at_work_here=st.booleans(),
    rating=st.none() | st.floats(1, 5),
    closed=st.sampled_from([(), ((TODAY, TODAY),), ((date(2025, 1, 1), date(2025, 2, 1)),)]),
)
many = st.lists(candidates, max_size=8, unique_by=lambda one: one.id)


@settings(deadline=None)
@given(many)
def test_everybody_stands_in_the_list_once(found: list[Candidate]) -> None:
    assert {one.candidate.id for one in suggest(found, WANTED)} == {one.id for one in found}
    assert len(suggest(found, WANTED)) == len(found)


@settings(deadline=None)
@given(many, st.randoms())
def test_the_order_is_the_same_in_whatever_order_they_come(found: list[Candidate], dice: Random) -> None:
    mixed = list(found)
    dice.shuffle(mixed)
    assert suggest(mixed, WANTED) == suggest(found, WANTED)


@settings(deadline=None)
@given(many)
def test_every_point_has_its_reason(found: list[Candidate]) -> None:
    for one in suggest(found, WANTED):
        assert one.points == sum(POINTS.get(code, 0) for code in one.reasons)
        assert one.possible is not bool(RULED_OUT & set(one.reasons))


@settings(deadline=None)
@given(many)
def test_who_must_not_be_asked_stands_after_who_can_be(found: list[Candidate]) -> None:
    possible = [one.possible for one in suggest(found, WANTED)]
    assert possible == sorted(possible, reverse=True)


def test_each_reason_holds_where_it_should() -> None:
    def reasons(**known: object) -> tuple[str, ...]:
        return suggest([Candidate("1", "Ann", **known)], WANTED)[0].reasons  # type: ignore[arg-type]  # as each case says

    assert reasons() == ()
    assert reasons(fields=frozenset({"F23"})) == (provider_ranking.FIELD,)
    assert reasons(languages=frozenset({"en", "zh"})) == (provider_ranking.LANGUAGE,)
    assert reasons(languages=frozenset({"en"})) == ()
    assert reasons(places=frozenset({"Beijing"})) == (provider_ranking.PLACE,)
    assert reasons(capacity=2, open=1) == (provider_ranking.FREE,)
    assert reasons(capacity=2, open=2) == (provider_ranking.FULL,)
    assert reasons(answered=10, in_time=9) == (provider_ranking.IN_TIME,)
    assert reasons(answered=10, in_time=8) == ()
    assert reasons(answered=10, in_time=6) == (provider_ranking.LATE,)
    assert reasons(answered=2, in_time=0) == ()
    assert reasons(rating=4.0) == (provider_ranking.RATED,)
    assert reasons(declined_here=True) == (provider_ranking.DECLINED,)
    assert reasons(closed=((TODAY, TODAY),)) == (provider_ranking.CLOSED,)
    assert reasons(conflicts=frozenset({"heat"})) == (provider_ranking.CONFLICT,)
    assert reasons(at_work_here=True) == (provider_ranking.AT_WORK,)
