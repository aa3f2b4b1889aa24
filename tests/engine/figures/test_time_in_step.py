"""Stays that ended are told with their median and by the month of their end; those that go on stand beside, with their age."""

from __future__ import annotations

from decimal import Decimal

from casework.engine.figures.counting import Figure
from casework.engine.figures.time_in_step import time_in_step
from tests.engine.figures.pieces import Told, counts, line, world

DAY = 8 * 60


def figure(*days: float, day: float = 60) -> Figure:
    """Of cases that left their first step after so many days."""
    return time_in_step(world(*(Told(str(n)).fire("on", left) for n, left in enumerate(days)), day=day))


def test_a_stay_that_ended_is_told_in_working_days() -> None:
    # The third and the fourth ended on a Monday: of the seven days before five were worked.
    row = line(figure(1, 2, 7, 7, 9), step="begin", what="ended")
    assert (row.numerator, row.median, row.p90) == (5, Decimal(5), Decimal(7))
    assert line(figure(1, 2, 7, 9), step="begin", what="ended").median is None


def test_stays_are_of_the_month_in_which_they_ended() -> None:
    told = figure(1, 26, 27)
    assert line(told, step="begin", what="ended", month="2026-01").cases == ("0", "1")
    assert line(told, step="begin", what="ended", month="2026-02").cases == ("2",)


def test_what_goes_on_stands_beside_with_its_age() -> None:
    told = figure(*[1] * 5, day=8)
    row = line(told, step="later", what="open")
    # From Tuesday to the Tuesday after.
    assert (row.numerator, row.median) == (5, Decimal(5))
    assert counts(told, step="later", what="ended") == (0, None)
    assert counts(told, step="begin", what="open") == (0, None)


def test_the_minutes_of_a_side_are_added_over_the_stays_that_ended() -> None:
    held = Told("h").fire("hold", 1, to=("on_hold",), hold={"waits_for": "authority"}).fire("resume", 3, hold=None)
    told = time_in_step(world(held, Told("i").fire("on", 2)))
    row = line(told, step="on_hold", what="side", side="authority", unit="working_minutes")
    assert (row.numerator, row.denominator, row.amount, row.cases) == (1, 1, Decimal(2 * DAY), ("h",))
    assert line(told, step="begin", what="side", side="office", unit="working_minutes").amount == Decimal(3 * DAY)


def test_a_case_that_is_another_one_stays_nowhere() -> None:
    assert time_in_step(world(Told("1").close("duplicate", 3))).rows == ()


def test_how_far_stays_lie_apart_is_told_in_minutes_and_by_whose_turn_it_was() -> None:
    told = []
    for n in range(5):
        held = Told(str(n)).fire("hold", 1, to=("on_hold",), hold={"waits_for": "authority"})
        told.append(held.fire("resume", 2 + n % 3, hold=None).fire("on", 4, to=("later",)))
    figure_of = time_in_step(world(*told))
    whole = line(figure_of, step="on_hold", what="ended")
    side = line(figure_of, step="on_hold", what="side", side="authority", unit="working_minutes")
    assert whole.spread == side.spread == tuple(Decimal(days * DAY) for days in (1, 1, 2, 2, 3))
    assert line(figure_of, step="later", what="open").spread is None
    assert line(time_in_step(world(*told[:4])), step="on_hold", what="ended").spread is None
