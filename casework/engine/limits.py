"""When a limit runs out, and the ladder of moments on the way there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any, Literal, cast
from zoneinfo import ZoneInfo

from casework.engine.calendars import Calendar

Json = Any
#: What a form said, by "field", "transition.field" or "task.field"; None when nothing did.
Said = Callable[[str], Json]

#: The usual ladder: a reminder at this part of the time, then so many working days after the due moment.
REMIND_AT = 0.6
ESCALATE_AFTER, OVERDUE_AFTER = 2, 5


def runs_out(limit: Mapping[str, Json], now: datetime, calendar: Calendar, said: Said) -> datetime | None:
    """The moment at which a limit runs out; None where the day that it counts from has not been said."""
    if limit["since"] is None:
        return calendar.due(now, limit["n"], limit["unit"])
    day = _day(limit["since"], said)
    if day is None:
        return None
    if limit["unit"] == "wd":
        return calendar.due(_noon(calendar, day), limit["n"], "wd")
    # Close of business of the day itself, n days on or back.
    return calendar.due(_noon(calendar, day + timedelta(days=limit["n"] - 1)), 1, "cd")


def ladder(limit: Mapping[str, Json], start: datetime, due: datetime, calendar: Calendar) -> list[tuple[datetime, str]]:
    """Remind, due, escalate, overdue. Reminders that would come after the due moment fall away."""
    rungs: list[tuple[datetime, str]] = []
    if due > start:
        if limit["unit"] == "wd":
            part = int(calendar.working_minutes(start, due) * REMIND_AT)
            remind = calendar.add_working_minutes(start, part)
        else:
            remind = start + (due - start) * REMIND_AT
        if remind < due:
            rungs.append((remind.replace(second=0, microsecond=0), "remind"))
    return [
        *rungs,
        (due, "due"),
        (calendar.due(due, ESCALATE_AFTER, "wd"), "escalate"),
        (calendar.due(due, OVERDUE_AFTER, "wd"), "overdue"),
    ]


def own_ladder(
    rungs: tuple[tuple[Mapping[str, Json], str], ...],
    start: datetime,
    due: datetime | None,
    calendar: Calendar,
    said: Said,
) -> list[tuple[datetime, str]]:
    """A state's own ladder, with its due moment in it."""
    made = [(moment, what) for limit, what in rungs if (moment := runs_out(limit, start, calendar, said)) is not None]
    if due is not None:
        made.append((due, "due"))
    return sorted(made)


def _day(names: str, said: Said) -> date | None:
    for name in names.split("|"):
        day = said(name)
        if isinstance(day, str):
            return date.fromisoformat(day)
    return None


def _noon(calendar: Calendar, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(calendar.zone))


def left(calendar: Calendar, rungs: tuple[tuple[datetime, str], ...], now: datetime, unit: str) -> tuple[int, ...]:
    """Minutes that a pause keeps for each rung."""
    return tuple(calendar.remaining(now, moment, cast(Literal["wd", "cd"], unit)) for moment, _ in rungs)


def resumed(
    calendar: Calendar, rungs: tuple[tuple[datetime, str], ...], kept: tuple[int, ...], now: datetime, unit: str
) -> list[tuple[datetime, str]]:
    """The rungs of a clock that goes on after a pause."""
    unit_ = cast(Literal["wd", "cd"], unit)
    return [(calendar.resume(now, minutes, unit_), what) for (_, what), minutes in zip(rungs, kept, strict=True)]
