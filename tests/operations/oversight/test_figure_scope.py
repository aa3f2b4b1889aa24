"""Figures of some cases alone: those that were something when they were opened, and nothing of what is told of a whole programme."""

from __future__ import annotations

from casework.engine.figures.every import FIGURES
from casework.operations.oversight.figure_scope import OF_ALL, figures_among, told_apart_by
from tests.engine.figures.pieces import Told, world

WATER = {"need": 1, "sector": "Water", "district": "Haidian", "source": "desk"}
WORLD = world(
    Told("B-1", phase="p1", as_opened=WATER), Told("B-2", phase="p2", as_opened=WATER), Told("B-3", as_opened=None)
)


def _opened(among: dict[str, str]) -> int | None:
    rows = figures_among(WORLD, among)["conversion"].rows
    return next((row.denominator for row in rows if row.of.keys() == {"step", "next"}), None)


def test_only_the_cases_that_were_it_are_counted() -> None:
    asked: tuple[dict[str, str], ...] = ({}, {"sector": "Water"}, {"sector": "Water", "phase": "p2"}, {"phase": "p9"})
    assert [_opened(among) for among in asked] == [3, 2, 1, 0]


def test_what_is_no_count_of_cases_is_told_of_all_alone() -> None:
    assert figures_among(WORLD, {}).keys() == FIGURES.keys()
    some = figures_among(WORLD, {"phase": "p1"})
    assert some.keys() == FIGURES.keys() - OF_ALL
    assert not [row for figure in some.values() for row in figure.rows if row.of_needs]


def test_what_cases_were_is_offered_once_and_in_order() -> None:
    assert told_apart_by(WORLD) == {
        "phase": ("p1", "p2"),
        "sector": ("Water",),
        "district": ("Haidian",),
        "source": ("desk",),
    }
