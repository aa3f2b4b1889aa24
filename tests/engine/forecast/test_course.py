"""A course goes from step to step as others went, and back to where it was itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.forecast.course import Gap, Start, after, chances, draw
from casework.engine.forecast.past import Past
from casework.engine.forecast.past_stays import Stay
from tests.engine.forecast.pieces import START, many, stay, step

LATER = START + timedelta(days=900)


def going(count: int, of: str, then: str | None, minutes: int = 100, *, back: bool = False) -> list[Stay]:
    return [replace(stay(f"{of} {n}", minutes, of=of, then=then), back=back) for n in range(count)]


def test_a_course_adds_up_its_steps() -> None:
    past = Past([*going(20, "a", "b", 100), *going(20, "b", None, 50)], LATER)
    courses = draw(past, Start(step("a")), "seed", draws=10)
    assert courses.ends == (150,) * 10
    assert (courses.drawn, courses.endless, courses.no_other) == (10, 0, False)
    assert len(courses.cases) == 40
    assert draw(past, Start(step("a"), elapsed=30), "seed", draws=10).ends == (120,) * 10
    assert draw(past, Start(step("b")), "seed", draws=10).ends == (50,) * 10


def test_a_course_takes_the_ways_that_others_took_as_often() -> None:
    past = Past([*going(15, "a", "b"), *going(5, "a", None), *going(20, "b", None)], LATER)
    courses = draw(past, Start(step("a")), "seed")
    assert set(courses.ends) == {100, 200}
    assert 0.7 < courses.ends.count(200) / courses.drawn < 0.8


def test_whoever_goes_back_goes_to_where_the_course_was() -> None:
    """Other cases came back to b; this one was held in c."""
    held = going(20, "held", "b", 10, back=True)
    past = Past([*held, *going(20, "b", None, 100), *going(20, "c", None, 1000)], LATER)
    assert draw(past, Start(step("held"), (step("a"), step("c"))), "seed", draws=3).ends == (1010,) * 3
    # Of one whose way is not known it goes where the others went.
    assert draw(past, Start(step("held")), "seed", draws=3).ends == (110,) * 3


def test_a_course_that_comes_to_a_step_that_is_little_known_is_stuck_there() -> None:
    past = Past([*going(20, "a", "b"), *going(3, "b", None)], LATER)
    courses = draw(past, Start(step("a")), "seed", draws=10)
    assert (courses.ends, courses.stuck) == ((), {step("b"): 10})


def test_a_course_that_goes_round_for_ever_does_not_end() -> None:
    courses = draw(Past(going(20, "a", "a"), LATER), Start(step("a")), "seed", draws=5)
    assert (courses.endless, courses.at(0.1)) == (5, None)


def test_what_lasts_longer_than_all_that_is_known_comes_last() -> None:
    past = Past([*many(20), *(stay(f"open {n}", 1000, open=True) for n in range(20))], LATER)
    courses = draw(past, Start(step("a")), "seed")
    assert 0.4 < courses.endless / courses.drawn < 0.6
    assert courses.at(0.0) == courses.ends[0]
    assert courses.at(0.9) is courses.at(1.0) is None


@pytest.mark.parametrize(
    ("now", "minutes", "gaps", "wanted"),
    [
        (0, 50, [], 50),
        (0, 50, [(50, 90)], 50),
        (0, 51, [(50, 90)], 91),
        (0, 50, [(0, 30)], 80),
        (10, 50, [(0, 30)], 80),
        (40, 50, [(0, 30)], 90),
        (0, 50, [(10, 20), (30, 60)], 90),
        (0, 10, [(10, 20)], 10),
        (20, 0, [(10, 20)], 20),
    ],
)
def test_what_is_done_while_nobody_works_is_done_after_it(
    now: int, minutes: int, gaps: Sequence[Gap], wanted: int
) -> None:
    assert after(now, minutes, gaps) == wanted


@given(
    st.integers(0, 50), st.lists(st.integers(0, 60), min_size=1, max_size=6), st.lists(st.integers(0, 200), max_size=8)
)
def test_one_time_after_the_other_is_both_at_once(now: int, parts: list[int], bounds: list[int]) -> None:
    bounds = sorted(set(bounds))
    gaps = list(zip(bounds[::2], bounds[1::2], strict=False))
    at = now
    for part in parts:
        at = after(at, part, gaps)
    assert at == after(now, sum(parts), gaps)
    worked = at - now - sum(max(0, min(end, at) - max(begin, now)) for begin, end in gaps)
    assert worked == sum(parts)


def test_an_absence_moves_what_the_office_does_and_not_what_a_provider_does() -> None:
    ours, theirs = Past(many(20, longest=100), LATER), Past(many(20, longest=100, by=["x"]), LATER)
    ends = [draw(past, Start(step("a")), "seed", [(0, 1000)]).ends for past in (ours, theirs)]
    assert min(ends[0]) > 1000
    assert max(ends[1]) == 100


def test_chances_are_even_and_the_same_for_a_seed() -> None:
    one, same, other = chances("seed"), chances("seed"), chances("another seed")
    drawn = [one() for _ in range(4000)]
    assert drawn == [same() for _ in range(4000)]
    assert drawn[:5] != [other() for _ in range(5)]
    assert all(0 <= chance < 1 for chance in drawn)
    tenths = [sum(n <= 10 * chance < n + 1 for chance in drawn) for n in range(10)]
    assert 330 < min(tenths) <= max(tenths) < 470
