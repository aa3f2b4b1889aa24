"""Working days of a place, and the moments that limits come to: counted from the calendar in the file and from nothing else.

All in whole minutes of UTC. A limit ends with the working hours of its last day; the day on which it begins does not count.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
#: So many days are looked at; a calendar without a working day in them is given up.
_FAR = 7_400
#: Within so long people work again.
_LONG = timedelta(days=366)


def moment(written: str) -> datetime:
    """A moment as histories write it."""
    return datetime.fromisoformat(written)


def whole_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)


class Calendar:
    """When people of one place work, from the JSON of one version of it."""

    def __init__(self, written: Mapping[str, Any]) -> None:
        self.zone = ZoneInfo(written["zone"])
        self._slots = {
            int(weekday): [(time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in slots]
            for weekday, slots in written["slots"].items()
            if slots
        }
        self._usual = self._slots[min(self._slots)]
        self._holidays, self._make_up = set(written["holidays"]), set(written["make_up"])
        self.limits: Mapping[str, int] = written.get("limits", {})
        self._days: dict[date, list[tuple[datetime, datetime]]] = {}
        self._dues: dict[tuple[date, int, str], datetime] = {}

    def day_of(self, at: datetime) -> date:
        """The date on the wall there."""
        return at.astimezone(self.zone).date()

    def noon(self, day: date) -> datetime:
        return datetime.combine(day, time(12), self.zone)

    def works_on(self, day: date) -> bool:
        return bool(self._hours(day))

    def _slots_of(self, day: date) -> list[tuple[time, time]]:
        written = day.isoformat()
        if written in self._make_up:
            return self._usual
        return [] if written in self._holidays else self._slots.get(day.weekday(), [])

    def _at(self, day: date, wall: time, *, ends: bool = False) -> datetime:
        if ends and wall == time(0):
            day += _DAY
        return datetime.combine(day, wall, self.zone).astimezone(UTC)

    def _hours(self, day: date) -> list[tuple[datetime, datetime]]:
        known = self._days.get(day)
        if known is None:
            known = self._days[day] = [
                (self._at(day, opens), self._at(day, closes, ends=True)) for opens, closes in self._slots_of(day)
            ]
        return known

    def close_of(self, day: date) -> datetime:
        """When a day ends; one on which nobody works, when a usual one would."""
        return self._at(day, (self._slots_of(day) or self._usual)[-1][1], ends=True)

    def due(self, start: datetime, n: int, unit: str) -> datetime:
        """The end of the n-th day after that of `start`: of those on which people work, or of all."""
        day = self.day_of(start)
        known = self._dues.get((day, n, unit))
        if known is None:
            last = self._nth_working(day, n) if unit == "wd" else day + n * _DAY
            known = self._dues[day, n, unit] = self.close_of(last)
        return known

    def _nth_working(self, day: date, n: int) -> date:
        for _ in range(_FAR):
            if n <= 0:
                return day
            day += _DAY
            n -= self.works_on(day)
        raise ValueError("the calendar has too few working days")

    def off_the_holiday(self, at: datetime) -> datetime:
        """The same moment where its day is worked; else the end of the next day that is."""
        day = first = self.day_of(at - _MINUTE)
        while not self.works_on(day):
            day += _DAY
            if (day - first).days > _FAR:
                raise ValueError("the calendar has too few working days")
        return at if day == first else self.close_of(day)

    def _pieces(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        day, last = self.day_of(start), self.day_of(end)
        if (last - day).days > _FAR:
            raise ValueError("a limit is too far away")
        while day <= last:
            for opens, closes in self._hours(day):
                opens, closes = max(opens, start), min(closes, end)
                if opens < closes:
                    yield opens, closes
            day += _DAY

    def minutes_between(self, start: datetime, end: datetime) -> int:
        """Worked minutes; none where the end lies before the start."""
        pieces = self._pieces(whole_minute(start), whole_minute(end))
        return sum(((closes - opens) // _MINUTE for opens, closes in pieces), 0)

    def after_minutes(self, start: datetime, minutes: int) -> datetime:
        """The first worked moment with so many worked minutes before it from `start` on."""
        start, left = whole_minute(start), minutes * _MINUTE
        if not left and self.is_worked(start):
            return start
        day = self.day_of(start)
        for _ in range(_FAR):
            for opens, closes in self._hours(day):
                opens = max(opens, start)
                if closes > opens:
                    if left <= closes - opens:
                        return opens + left
                    left -= closes - opens
            day += _DAY
        raise ValueError("the calendar has too little working time")

    def left(self, now: datetime, until: datetime, unit: str) -> int:
        """What a pause keeps of a limit, in minutes."""
        if unit == "wd":
            return self.minutes_between(now, until)
        return max(0, (whole_minute(until) - whole_minute(now)) // _MINUTE)

    def is_worked(self, at: datetime) -> bool:
        at = whole_minute(at)
        days = {self.day_of(at - _MINUTE), self.day_of(at)}
        return any(opens <= at <= closes for day in days for opens, closes in self._hours(day))

    def worked_near(self, at: datetime, after: datetime, before: datetime) -> datetime | None:
        """The moment if people work then; else when they begin next, or had stopped last, between the two."""
        at = whole_minute(at)
        if self.is_worked(at):
            return at
        day, last = self.day_of(at), self.day_of(before)
        if max((last - day).days, (day - self.day_of(after)).days) > _FAR:
            raise ValueError("a limit is too far away")
        while day <= last:
            for opens, _ in self._hours(day):
                if at <= opens < before:
                    return opens
            day += _DAY
        day, first = self.day_of(at), self.day_of(after)
        while day >= first:
            for _, closes in reversed(self._hours(day)):
                if after < closes <= at:
                    return closes
            day -= _DAY
        return None


# --- what a rule comes to --------------------------------------------------------------------------------------------


def unit_of(rule: Mapping[str, Any]) -> str:
    return "wd" if rule["unit"] == "wd" else "cd"


def comes_to(
    rule: Mapping[str, Any], start: datetime, calendar: Calendar, known: Mapping[str, datetime]
) -> datetime | None:
    """The moment of a rule; `known` has those of the steps that it may count from. None where such a one is missing."""
    base = known.get(rule["after"]) if "after" in rule else start
    if base is None:
        return None
    unit = unit_of(rule)
    if "left" in rule:
        at = _after_pause(rule, base, calendar, unit)
    elif "percent" in rule:
        due = known.get("due")
        return None if due is None else _part_way(rule["percent"], base, due, calendar, unit)
    elif rule["unit"] == "mo":
        at = calendar.close_of(_months_after(_day(rule, base, calendar), rule["n"]))
    elif "day" not in rule:
        at = calendar.due(base, rule["n"], unit)
    elif unit == "wd":
        at = calendar.due(calendar.noon(date.fromisoformat(rule["day"])), rule["n"], "wd")
    else:
        at = calendar.close_of(date.fromisoformat(rule["day"]) + rule["n"] * _DAY)
    # A limit of law that ends on a day on which nobody works ends on the next; what counts backwards does not move.
    if "law" in rule and unit == "cd" and rule.get("n", 0) >= 0:
        return calendar.off_the_holiday(at)
    return at


def _after_pause(rule: Mapping[str, Any], base: datetime, calendar: Calendar, unit: str) -> datetime:
    if unit == "wd" and rule["left"]:
        return calendar.after_minutes(base, rule["left"])
    minutes: int = rule["left"]
    return whole_minute(base) + minutes * _MINUTE


def _part_way(percent: int, base: datetime, due: datetime, calendar: Calendar, unit: str) -> datetime:
    if unit == "wd":
        return calendar.after_minutes(base, calendar.minutes_between(base, due) * percent // 100)
    part_way: datetime = base + (due - base) * percent // 100
    return calendar.worked_near(part_way, base, due) or due


def _day(rule: Mapping[str, Any], base: datetime, calendar: Calendar) -> date:
    return date.fromisoformat(rule["day"]) if "day" in rule else calendar.day_of(base)


def _months_after(day: date, months: int) -> date:
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def told_when_worked(what: str, at: datetime, start: datetime, due: datetime | None, calendar: Calendar) -> datetime:
    """When people are told of it after a pause: at a time at which somebody works."""
    if what in ("escalate", "flag"):
        return calendar.worked_near(at, at, at + _LONG) or at
    if what != "remind" or due is None:
        return at
    return calendar.worked_near(at, start, due) or due
