"""A year and more, minute by minute: which are worked. The plan of a simulation counts in it, and not with the calendar.

It knows a calendar from its plain data alone, and looks at the wall clock of every hour; nothing of it is shared with the
code that it is held against.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from casework.json_values import JsonMapping

_MINUTE = timedelta(minutes=1)
_DAY_MINUTES = 24 * 60
#: A moment that lies beyond the table.
FAR = 10**9


def _minutes(wall: str, *, closes: bool = False) -> int:
    hours, minutes = wall.split(":")
    return (int(hours) * 60 + int(minutes)) or (_DAY_MINUTES if closes else 0)


def _pattern(slots: list[list[str]]) -> bytes:
    """A day, minute by minute."""
    spans = [(_minutes(start), _minutes(end, closes=True)) for start, end in slots]
    return bytes(any(opens <= minute < closes for opens, closes in spans) for minute in range(_DAY_MINUTES))


_NEVER = bytes(_DAY_MINUTES)


class Minutes:
    """Minutes counted from an origin; a moment is the number of the minute in which it lies."""

    def __init__(self, calendar: JsonMapping, first: date, days: int) -> None:
        self.zone = ZoneInfo(calendar["zone"])
        self.origin = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=1)
        self._slots = {int(day): slots for day, slots in calendar["slots"].items()}
        self._patterns = {day: _pattern(slots) for day, slots in self._slots.items()}
        self._holidays, self._make_up = set(calendar["holidays"]), set(calendar["make_up"])
        self._usual = min(self._slots)
        self.worked = bytearray()
        #: Of each day that is worked when its last minute ends.
        self._closes: dict[str, int] = {}
        for hour in range((days + 2) * 24):
            self._look_at(self.origin + timedelta(hours=hour))
        self._before = array("l", [0, *accumulate(self.worked)])
        self._days = sorted(self._closes)

    def _look_at(self, hour: datetime) -> None:
        # No zone of a programme changes its clocks within an hour.
        there = hour.astimezone(self.zone)
        day, minute = there.date(), there.hour * 60 + there.minute
        self._fill(day, minute, min(minute + 60, _DAY_MINUTES))
        if minute + 60 > _DAY_MINUTES:
            self._fill(day + timedelta(days=1), 0, minute + 60 - _DAY_MINUTES)

    def _fill(self, day: date, start: int, end: int) -> None:
        written = day.isoformat()
        if written in self._make_up:
            pattern = self._patterns[self._usual]
        else:
            pattern = _NEVER if written in self._holidays else self._patterns.get(day.weekday(), _NEVER)
        part = pattern[start:end]
        if 1 in part:
            self._closes[written] = len(self.worked) + part.rindex(1) + 1
        self.worked += part

    # --- counting ---

    def at(self, moment: datetime) -> int:
        return (moment - self.origin) // _MINUTE

    def moment(self, minute: int) -> datetime:
        return self.origin + minute * _MINUTE

    def day(self, minute: int) -> date:
        return self.moment(minute).astimezone(self.zone).date()

    def midnight(self, day: date) -> int:
        return self.at(datetime(day.year, day.month, day.day, tzinfo=self.zone))

    def between(self, start: int, end: int) -> int:
        if end >= len(self._before):
            return FAR
        return self._before[end] - self._before[start] if end > start else 0

    def after(self, start: int, minutes: int) -> int:
        """The first minute before which so many were worked since the start."""
        if minutes <= 0:
            return start
        index = bisect_left(self._before, self._before[start] + minutes) if start < len(self._before) else FAR
        return index if index < len(self._before) else FAR

    def nth_close(self, start: int, n: int) -> int:
        """Close of the n-th working day after the day of the start."""
        if start >= len(self._before):
            return FAR
        nth = bisect_right(self._days, self.day(start).isoformat()) + n - 1
        return self._closes[self._days[nth]] if nth < len(self._days) else FAR

    def close_of(self, day: date) -> int:
        """When a day closes, or would if it were a usual one."""
        known = self._closes.get(day.isoformat())
        return (
            known if known is not None else self.midnight(day) + _minutes(self._slots[self._usual][-1][1], closes=True)
        )

    def works_on(self, day: date) -> bool:
        """Whether people work on a day; of one that the table does not reach nobody asks."""
        return day.isoformat() in self._closes or self.is_beyond(self.midnight(day))

    def is_beyond(self, minute: int) -> bool:
        return minute >= len(self._before)

    def is_worked(self, minute: int) -> bool:
        """Whether people work in this minute, or did until it."""
        return bool(self.worked[minute] or self.worked[minute - 1])

    def near(self, minute: int, after: int, before: int) -> int | None:
        """This minute if people work; else when they begin next, before `before`, or stopped last, after `after`."""
        if minute >= len(self.worked) or self.is_worked(minute):
            return minute
        opens = self.worked.find(1, minute)
        if 0 <= opens < before:
            return opens
        closes = self.worked.rfind(1, 0, minute) + 1
        return closes if closes > after else None
