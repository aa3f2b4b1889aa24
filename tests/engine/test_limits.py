"""Limits and the ladder of moments on the way to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from casework.engine.grammar import Limit, calendar_days, until, working_days
from casework.engine.limits import ladder, left, own_ladder, resumed, runs_out
from tests.engine.toys import CALENDAR, DAY, START


def _shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text + "+08:00").astimezone(UTC)


def _nothing(name: str) -> None:
    """No form said anything."""


@pytest.mark.parametrize(
    ("limit", "said", "expected"),
    [
        (working_days(5), {}, "2026-03-09T17:00"),
        (calendar_days(5), {}, "2026-03-07T17:00"),
        (calendar_days(30, since="day"), {"day": "2026-03-10"}, "2026-04-09T17:00"),
        (working_days(2, since="day"), {"day": "2026-03-06"}, "2026-03-10T17:00"),
        (calendar_days(-90, since="sign.expires_on"), {"sign.expires_on": "2027-03-01"}, "2026-12-01T17:00"),
        (until("day"), {"day": "2026-03-08"}, "2026-03-08T17:00"),
        (until("a.on|b.on"), {"b.on": "2026-05-04"}, "2026-05-04T17:00"),
        (until("day"), {}, None),
    ],
)
def test_a_limit_runs_out_at_close_of_business(limit: Limit, said: dict[str, Any], expected: str | None) -> None:
    wanted = _shanghai(expected) if expected else None
    assert runs_out(limit.rule(), START, CALENDAR, lambda name: said.get(name)) == wanted


@pytest.mark.parametrize("limit", [working_days(10), calendar_days(10), working_days(1), calendar_days(365)])
def test_the_ladder_climbs_from_a_reminder_to_overdue(limit: Limit) -> None:
    due = runs_out(limit.rule(), START, CALENDAR, _nothing)
    assert due is not None
    rungs = ladder(limit.rule(), START, due, CALENDAR)
    assert [what for _, what in rungs] == ["remind", "due", "escalate", "overdue"]
    moments = [moment for moment, _ in rungs]
    assert moments == sorted(moments)
    assert START < moments[0] < due
    assert moments[2] == CALENDAR.due(due, 2, "wd")
    assert moments[3] == CALENDAR.due(due, 5, "wd")


def test_a_day_gone_by_reminds_nobody_before_it() -> None:
    due = _shanghai("2026-02-20T17:00")
    assert [what for _, what in ladder(until("day").rule(), START, due, CALENDAR)] == ["due", "escalate", "overdue"]


def test_an_own_ladder_holds_its_due_moment_in_order() -> None:
    rungs = tuple((limit.rule(), what) for limit, what in [(working_days(3), "remind"), (working_days(7), "escalate")])
    due = CALENDAR.due(START, 5, "wd")
    assert [what for _, what in own_ladder(rungs, START, due, CALENDAR, _nothing)] == ["remind", "due", "escalate"]


@pytest.mark.parametrize("unit", ["wd", "cd"])
def test_a_pause_keeps_what_is_left_of_every_rung(unit: str) -> None:
    limit = Limit(10, unit).rule()
    due = runs_out(limit, START, CALENDAR, _nothing)
    assert due is not None
    rungs = tuple(ladder(limit, START, due, CALENDAR))
    paused_at = START + DAY
    kept = left(CALENDAR, rungs, paused_at, unit)
    again = resumed(CALENDAR, rungs, kept, paused_at + 28 * DAY, unit)
    assert [what for _, what in again] == [what for _, what in rungs]
    assert [moment - 28 * DAY for moment, _ in again] == [moment for moment, _ in rungs]
