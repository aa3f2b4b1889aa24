"""Whoever knows how a case goes works out no hidden number either."""

from __future__ import annotations

from random import Random

import pytest

from casework.engine.figures import courses as subject
from casework.engine.figures.across import LEAST
from casework.engine.figures.counting import Figure, without_needs
from casework.engine.figures.courses import Courses
from casework.engine.figures.every import every_figure
from casework.engine.figures.suppression import suppressed
from tests.engine.figures.pieces import world
from tests.engine.figures.test_across import ATTACKS, KINDS, Kind, insist_on_none_worked_out, read, tell


def programme(seed: int) -> list[Kind]:
    """A small one, of some kinds of cases."""
    chance = Random(seed)
    kinds = ((chance.choice(KINDS), chance.choice((1, 1, 2, 3, 4, 9))) for _ in range(chance.randint(1, 7)))
    return [kind for kind, times in kinds for _ in range(times)]


def figures(kinds: list[Kind]) -> dict[str, Figure]:
    return {name: without_needs(figure) for name, figure in every_figure(world(*tell(kinds))).items()}


#: Of the first thousand those in which a number followed before anybody asked how cases go, and some others.
SEEDS = (145, 238, 754, 1, 2, 3, 4, 5)


@pytest.mark.parametrize("seed", SEEDS)
def test_no_small_programme_tells_a_number_by_how_its_cases_go(seed: int) -> None:
    insist_on_none_worked_out(programme(seed))


def test_where_all_is_printed_every_number_under_three_follows() -> None:
    courses = Courses(figures(programme(145)))
    assert courses.worked_out({})


def test_where_all_is_hidden_nothing_does() -> None:
    told = figures(programme(145))
    cells = [one.place for one in read(told, suppressed(told))]
    assert cells
    courses = Courses(told)
    hidden = {one.cell: one.true < LEAST for one in courses._numbers}
    assert courses.worked_out(hidden) == set()


def test_a_programme_without_cases_has_no_courses_to_ask_for() -> None:
    assert Courses({}).worked_out({}) == set()


def test_where_it_is_not_looked_to_the_end_no_number_of_cases_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds = next(iter(ATTACKS.values()))
    steps = Courses(figures(kinds))._steps
    monkeypatch.setattr(subject, "STEPS", subject.STEPS - steps._left + 1)
    told = figures(kinds)
    assert {one.hidden for one in read(told, suppressed(told))} == {True}
