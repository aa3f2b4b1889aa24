"""How hot a state is: beside the hottest one, with its number beneath it."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from casework.engine.mining.waits import Place
from casework.web.oversight.process_heat import COLOURS, LEVELS, LONGEST, beneath, heats


def place(state: str = "triage", **more: Any) -> Place:
    told: dict[str, Any] = {
        "workflow": "case",
        "edition": "e",
        "count": 0,
        "now": 0,
        "median": None,
        "total": 0,
        "dated": 0,
        "overdue": 0,
        "minutes": {"waiting": 0, "in_hand": 0, "resting": 0},
    }
    return Place(state=state, **(told | more))


def levels(colour: str, *places: Place) -> dict[str, tuple[int, int]]:
    found = heats({one.state: one for one in places}, colour)
    return {state: (one.level, one.width) for state, one in found.items()}


def test_the_hottest_has_the_longest_bar_and_a_third_of_it_the_first_colour() -> None:
    found = levels("count", *(place(f"s{n}", count=n) for n in (0, 1, 2, 3, 4, 5, 6)))
    assert [level for level, _ in found.values()] == [0, 1, 1, 2, 2, 3, 3]
    assert found["s0"] == (0, 0)
    assert found["s3"] == (2, LONGEST // 2)
    assert found["s6"] == (LEVELS, LONGEST)


@pytest.mark.parametrize("colour", COLOURS)
def test_where_nothing_was_told_nothing_is_hot(colour: str) -> None:
    assert levels(colour, place("one"), place("other")) == {"one": (0, 0), "other": (0, 0)}
    assert levels(colour) == {}


def test_each_colour_shows_another_number() -> None:
    often, slow, late = place("often", count=9), place("slow", median=60), place("late", dated=4, overdue=1)
    for colour, hottest in (("count", "often"), ("time", "slow"), ("late", "late")):
        found = levels(colour, often, slow, late)
        assert [state for state, (level, _) in found.items() if level] == [hottest]


def test_a_share_is_hot_by_what_it_is_of() -> None:
    found = levels("late", place("many", dated=40, overdue=4), place("few", dated=2, overdue=2))
    assert (found["many"][0], found["few"][0]) == (1, LEVELS)


def test_only_what_is_known_stands_beneath_a_box(app: Flask) -> None:
    with app.test_request_context("/process"):
        assert beneath(place(count=3, now=3)) == ["3 in all, 3 now"]
        whole = beneath(place(count=3, now=1, median=90, dated=2, overdue=1))
    assert whole == ["3 in all, 1 now", "median 1.5 working hours", "1 of 2 late"]
