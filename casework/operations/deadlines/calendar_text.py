"""A calendar as a person writes it: hours for each weekday, and days with their names, one in a line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time
from zoneinfo import ZoneInfo, available_timezones

from casework import reasons
from casework.engine.deadlines.calendars import Calendar
from casework.errors import FieldFault, InvalidForm
from casework.operations.deadlines.calendar_import import LONGEST_NAME, YEARS
from casework.reasons import Why

#: More days than these are no calendar of holidays.
MOST_DAYS, MOST_SLOTS = 3_000, 12
WEEKDAYS = range(7)
_SLOT = re.compile(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})")
Names = Mapping[date, Mapping[str, str]]


def write_days(days: frozenset[date], names: Names) -> str:
    """Days, one in a line: "2026-05-01 Labour Day / 劳动节"."""
    return "\n".join(f"{day.isoformat()} {_say(names.get(day, {}))}".strip() for day in sorted(days))


def _say(words: Mapping[str, str]) -> str:
    named = dict.fromkeys(word for word in (words.get("en"), words.get("zh")) if word)
    return " / ".join(named)


def write_slots(calendar: Calendar, weekday: int) -> str:
    """The hours of a weekday: "09:00-12:00, 13:00-17:00"; nothing for one that is free."""
    slots = calendar.slots.get(weekday, ())
    return ", ".join(f"{start.isoformat('minutes')}-{end.isoformat('minutes')}" for start, end in slots)


def read_calendar(
    name: str, version: int, *, zone: str, hours: Mapping[int, str], holidays: str, make_up: str
) -> Calendar:
    """The calendar that a form describes. Raises InvalidForm with what is wrong, by field and line."""
    faults: dict[str, Why] = {}
    slots = {}
    for weekday, words in hours.items():
        try:
            slots[weekday] = _slots(words)
        except FieldFault as fault:
            faults[f"hours_{weekday}"] = fault.reason
    days: dict[str, dict[date, dict[str, str]]] = {}
    for field, words in (("holidays", holidays), ("make_up", make_up)):
        try:
            days[field] = _days(words)
        except FieldFault as fault:
            faults[field] = fault.reason
    if zone not in available_timezones():
        faults["zone"] = reasons.calendars.NO_ZONE
    if not faults:
        if both := days["holidays"].keys() & days["make_up"].keys():
            faults["make_up"] = reasons.calendars.HOLIDAY_TOO(day=min(both).isoformat())
        if not any(slots.values()):
            faults["hours_0"] = reasons.calendars.NO_WORKING_DAY
    if faults:
        raise InvalidForm(fields=faults)
    named = {**days["holidays"], **days["make_up"]}
    return Calendar(
        name,
        version,
        ZoneInfo(zone).key,
        {weekday: some for weekday, some in slots.items() if some},
        frozenset(days["holidays"]),
        frozenset(days["make_up"]),
        {day: words for day, words in named.items() if words},
    )


def _slots(words: str) -> tuple[tuple[time, time], ...]:
    slots = []
    for slot in filter(None, (part.strip() for part in words.split(","))):
        match = _SLOT.fullmatch(slot)
        if match is None:
            raise FieldFault(reasons.calendars.SLOT_FORM(slot=slot[:40]))
        numbers = [int(number) for number in match.groups()]
        try:
            slots.append((time(numbers[0], numbers[1]), time(numbers[2] % 24, numbers[3])))
        except ValueError:
            raise FieldFault(reasons.calendars.NO_TIME(slot=slot[:40])) from None
    if len(slots) > MOST_SLOTS:
        raise FieldFault(reasons.calendars.TOO_MANY_SLOTS(most=MOST_SLOTS))
    Calendar("slots", slots={0: tuple(slots)} if slots else {0: ((time(9), time(17)),)})
    return tuple(slots)


def _days(words: str) -> dict[date, dict[str, str]]:
    days: dict[date, dict[str, str]] = {}
    for number, line in enumerate(words.splitlines(), 1):
        if not line.strip():
            continue
        written, _, name = line.strip().partition(" ")
        try:
            day = date.fromisoformat(written)
        except ValueError:
            raise FieldFault(reasons.calendars.LINE_NO_DAY(line=number, day=written[:20])) from None
        if day.year not in YEARS:
            raise FieldFault(reasons.calendars.LINE_YEAR(line=number, year=day.year))
        if len(name) > 2 * LONGEST_NAME:
            raise FieldFault(reasons.calendars.LINE_NAME(line=number))
        if len(days) == MOST_DAYS:
            raise FieldFault(reasons.calendars.LINE_TOO_MANY(line=number, most=MOST_DAYS))
        english, _, chinese = (part.strip() for part in name.partition(" / "))
        days[day] = {key: part for key, part in (("en", english), ("zh", chinese)) if part}
    return days
