"""On which days figures go out by themselves, and up to when names such as "the last month" speak on such a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from casework.engine.deadlines.calendars import Calendar

Kind = Literal["weekly", "monthly", "quarterly"]
WEEKLY: Kind = "weekly"
MONTHLY: Kind = "monthly"
QUARTERLY: Kind = "quarterly"
KINDS: tuple[Kind, ...] = (WEEKLY, MONTHLY, QUARTERLY)
#: What ended last, as seen from a day.
LAST_WEEK, LAST_MONTH, LAST_QUARTER, LAST_YEAR = "last_week", "last_month", "last_quarter", "last_year"
PERIODS = (LAST_WEEK, LAST_MONTH, LAST_QUARTER, LAST_YEAR)

_DAY, _INSTANT = timedelta(days=1), timedelta(microseconds=1)
_WEEK = 7 * _DAY
#: Longer than any office stays closed.
_CLOSED = timedelta(days=400)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """How often: on a weekday, or on the first day of each month or quarter."""

    kind: Kind
    #: Of a weekly one, Monday as 1.
    weekday: int | None = None

    def __post_init__(self) -> None:
        wanted = self.weekday in range(1, 8) if self.kind == WEEKLY else self.weekday is None
        if not wanted or self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} on {self.weekday!r} is no rhythm.")

    def latest(self, day: date) -> date:
        """Its last day that is not after this one."""
        if self.kind == WEEKLY:
            return day - (day.isoweekday() - (self.weekday or 1)) % 7 * _DAY
        return day.replace(day=1) if self.kind == MONTHLY else _first_of_quarter(day)

    def before(self, day: date) -> date:
        """Its last day before this one."""
        return self.latest(day - _DAY)

    def after(self, day: date) -> date:
        """Its first day after this one."""
        if self.kind == WEEKLY:
            return self.latest(day) + _WEEK
        # No month has more days, and no three months.
        return self.latest(self.latest(day) + (31 if self.kind == MONTHLY else 92) * _DAY)


def _first_of_quarter(day: date) -> date:
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def midnight(day: date, calendar: Calendar) -> datetime:
    """When a day begins where the programme is."""
    return datetime.combine(day, time(), ZoneInfo(calendar.zone))


def goes_at(day: date, calendar: Calendar) -> datetime:
    """When what falls on a day goes: as people begin to work on it, or on the next day on which they do."""
    begins = midnight(day, calendar)
    return calendar.worked_near(begins, begins, begins + _CLOSED) or begins


def last_gone(rhythm: Rhythm, moment: datetime, calendar: Calendar) -> date:
    """The last day of a rhythm whose mail has its time by a moment."""
    day = rhythm.latest(calendar.local_date(moment))
    while goes_at(day, calendar) > moment:
        day = rhythm.before(day)
    return day


def next_going(rhythm: Rhythm, day: date, calendar: Calendar) -> datetime:
    """When what comes after a day of the rhythm goes."""
    return goes_at(rhythm.after(day), calendar)


def end_of_period(period: str, today: date, calendar: Calendar) -> datetime:
    """The last instant of what ended last before a day, where the programme is."""
    first = {
        LAST_WEEK: today - (today.isoweekday() - 1) * _DAY,
        LAST_MONTH: today.replace(day=1),
        LAST_QUARTER: _first_of_quarter(today),
        LAST_YEAR: date(today.year, 1, 1),
    }[period]
    return midnight(first, calendar) - _INSTANT
