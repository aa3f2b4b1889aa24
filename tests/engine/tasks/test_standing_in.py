"""Lines of substitutes: no circle, not too long, and always to somebody who is there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.tasks.standing_in import MOST_LINKS, Absence, circle, longest, standing_in

START = datetime(2026, 7, 1, tzinfo=UTC)


def absence(person: str, substitute: str, first: int, last: int) -> Absence:
    return Absence(f"{person}{first}", person, substitute, START + timedelta(days=first), START + timedelta(days=last))


def test_two_who_stand_in_for_each_other_at_once_are_a_circle() -> None:
    assert circle([absence("a", "b", 0, 10)], absence("b", "a", 9, 12)) == ("b", "a", "b")


def test_one_after_the_other_is_no_circle() -> None:
    assert circle([absence("a", "b", 0, 10)], absence("b", "a", 10, 12)) is None


def test_three_whose_absences_never_meet_at_one_moment_are_no_circle() -> None:
    known = [absence("a", "b", 0, 4), absence("b", "c", 3, 8)]
    assert circle(known, absence("c", "a", 5, 9)) is None


@pytest.mark.parametrize(("days", "there"), [(-1, False), (0, True), (9, True), (10, False), (11, False)])
def test_a_substitute_is_there_from_the_first_moment_and_at_the_last_no_more(days: int, there: bool) -> None:
    moment = START + timedelta(days=days)
    assert absence("a", "b", 0, 10).at(moment) is there
    assert standing_in([absence("a", "b", 0, 10)], "a", moment) == (("a", "b") if there else ("a",))


def test_the_longest_line_leads_through_the_new_absence() -> None:
    known = [absence("a", "b", 0, 9), absence("c", "d", 0, 9)]
    assert longest(known, absence("b", "c", 2, 5)) == ("a", "b", "c", "d")


@st.composite
def accepted(draw: st.DrawFn) -> list[Absence]:
    """Absences as they are let in, one after another."""
    kept: list[Absence] = []
    for _ in range(draw(st.integers(0, 8))):
        person, substitute = draw(st.permutations("abcde"))[:2]
        first = draw(st.integers(0, 20))
        new = absence(person, substitute, first, first + draw(st.integers(1, 8)))
        if any(one.person == person and one.starts_at < new.ends_at and new.starts_at < one.ends_at for one in kept):
            continue
        if circle(kept, new) is None and len(longest(kept, new)) - 1 <= MOST_LINKS:
            kept.append(new)
    return kept


@given(accepted(), st.sampled_from("abcde"), st.integers(0, 30))
def test_whoever_is_asked_for_one_comes_to_somebody_who_is_there(kept: list[Absence], person: str, day: int) -> None:
    moment = START + timedelta(days=day)
    line = standing_in(kept, person, moment)
    assert not any(one.person == line[-1] and one.at(moment) for one in kept)


@given(accepted(), st.sampled_from("abcde"), st.integers(0, 30))
def test_no_line_is_longer_than_allowed(kept: list[Absence], person: str, day: int) -> None:
    assert len(standing_in(kept, person, START + timedelta(days=day))) - 1 <= MOST_LINKS
