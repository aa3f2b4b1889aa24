"""What more time for a referral moves: its own step to the day, its service's in proportion, and nothing to an earlier day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.deadlines import moment_of, on_day
from casework.engine.execution.extensions import moves
from casework.engine.state.case import CREATED, PAUSED, READY, RUNNING, SUSPENDED, Task
from tests.engine.pieces import DAY, NOW, case, clock, referral, task, track
from tests.engine.toys import CALENDAR

UNTIL = date(2026, 5, 4)
ABOVE, BELOW = referral(), track("service", parent="referral")


def own(due: int = 10, **said: Any) -> Task:
    """The provider's own step, due in so many days."""
    return task("own", **{"track": "referral", "type": "step", "queue": "provider", "due_at": NOW + due * DAY, **said})


def below(due: int | None, **said: Any) -> Task:
    at = None if due is None else NOW + due * DAY
    return task("below", **{"track": "service", "type": "step", "queue": "provider", "due_at": at, **said})


def moved(*tasks: Task, until: date = UNTIL, state: str | None = None) -> dict[str, date]:
    clocks = (clock(task="below", state=state),) if state else ()
    stands = case(track(), ABOVE, BELOW, tasks=tasks, clocks=clocks)
    return {one.id: day for one, day in moves(stands, ABOVE, until.isoformat(), NOW, CALENDAR)}


def test_the_providers_own_step_goes_to_the_day() -> None:
    assert moved(own()) == {"own": UNTIL}


@given(st.integers(1, 60), st.integers(1, 60), st.integers(-5, 200))
def test_no_step_of_the_service_is_moved_back_or_beyond_the_day(due: int, step: int, more: int) -> None:
    until = CALENDAR.local_date(NOW + (due + more) * DAY)
    day = moved(own(due), below(step), until=until).get("below")
    if day is not None:
        assert CALENDAR.local_date(NOW + step * DAY) < day <= until
        assert CALENDAR.is_working_day(day) or day == until


@given(st.integers(2, 40), st.integers(1, 39), st.integers(30, 200))
def test_it_has_the_same_part_of_the_time_as_before(due: int, step: int, more: int) -> None:
    """Or the next day on which people work."""
    until = CALENDAR.local_date(NOW + (due + more) * DAY)
    end = moment_of(on_day(until.isoformat()), NOW, CALENDAR)
    day = moved(own(due), below(step), until=until).get("below")
    if step >= due:
        assert day == (until if step < due + more else None)
        return
    part = CALENDAR.local_date(NOW + (end - NOW) * step / due)
    assert day is not None
    assert part <= day <= part + timedelta(days=2)


@pytest.mark.parametrize(
    ("step", "wanted"),
    [
        (below(-1), UNTIL),  # late already
        (below(10), UNTIL),  # due with the referral
        (below(12), UNTIL),
        (below(None), None),  # of which nothing says when it is due
        (below(90), None),  # due later than the day
        (below(5, queue="officer"), None),
        (below(5, state=CREATED), None),
        (below(5, state=SUSPENDED), None),
        (below(5, aftercare=True), None),
        (below(5, track="main"), None),
    ],
)
def test_what_is_moved_and_to_when(step: Task, wanted: date | None) -> None:
    assert moved(own(10), step).get("below") == wanted


def test_what_stands_still_gets_what_was_left_when_it_goes_on() -> None:
    assert "below" not in moved(own(), below(5), state=PAUSED)
    assert "below" in moved(own(), below(5), state=RUNNING)


def test_where_the_referral_has_no_day_its_service_has_until_the_new_one() -> None:
    assert moved(own(due_at=None), below(5)) == {"own": UNTIL, "below": UNTIL}
    assert moved(below(5, state=READY)) == {"below": UNTIL}


def test_a_day_on_which_nobody_works_gives_way_to_the_next() -> None:
    days = {moved(own(10), below(step), until=date(2026, 4, 30))["below"] for step in range(1, 10)}
    assert {day.weekday() for day in days} <= set(range(5))
