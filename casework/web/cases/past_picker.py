"""The moment of which a case is to be shown: how a form asks for it, and how an address says it, by the programme's clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from casework.engine.deadlines.calendars import Calendar
from casework.web.shell.dates import say_exactly
from casework.web.shell.layout import clock

_SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class Picker:
    """What the form says: moments as it writes them, on the clock of the programme."""

    value: str
    first: str
    last: str
    zone: str


def picker_of(opened_at: datetime, calendar: Calendar, at: datetime | None = None) -> Picker:
    """The form for a moment since a case was opened; it says this one, or none yet."""
    zone = ZoneInfo(calendar.zone)
    said = "" if at is None else _written(at, zone)
    return Picker(said, _written(opened_at, zone), _written(clock().now, zone), calendar.zone)


def _written(moment: datetime, zone: ZoneInfo) -> str:
    """To the second; an event lies within one, so that the next full second is the first that has seen it."""
    full = moment if moment.microsecond == 0 else moment.replace(microsecond=0) + _SECOND
    return full.astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")


def read_moment(asked: str, calendar: Calendar, now: datetime) -> datetime | None:
    """The moment that somebody asks for; None where it is none. Without a zone it is of the programme's clock.

    The second that is running counts as now: a form says full ones.
    """
    try:
        read = datetime.fromisoformat(asked)
        moment = (read if read.tzinfo else read.replace(tzinfo=ZoneInfo(calendar.zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return min(moment, now) if moment < now + _SECOND else moment


def say_then(at: datetime, calendar: Calendar) -> str:
    """A moment on the clock of the programme, with its zone."""
    return say_exactly(at, replace(clock(), zone=ZoneInfo(calendar.zone)))
