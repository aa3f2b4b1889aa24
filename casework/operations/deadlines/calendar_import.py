"""Holidays from an iCalendar file, which anybody may have written: bounded, and every fault named by its line."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from casework import reasons
from casework.errors import FieldFault
from casework.reasons import Reason
from casework.records.field_encryption import storable

if TYPE_CHECKING:
    import icalendar

#: No calendar of holidays needs more than this: bytes, events, days of one event, letters of a name.
MOST_BYTES, MOST_EVENTS, MOST_DAYS, LONGEST_NAME = 500_000, 2_000, 31, 100
#: Faults that are told; of a file that has more, the rest is like them.
MOST_FAULTS = 20
YEARS = range(2000, 2101)
#: How China's published calendars mark a weekend that is worked.
_WORKED = ("班)", "（班）", "班）", "补班", "上班", "workday")
_DAY = timedelta(days=1)


@dataclass
class Found:
    """Days off and days of make-up work by name, and what could not be read: (line, why)."""

    holidays: dict[date, str] = field(default_factory=dict)
    make_up: dict[date, str] = field(default_factory=dict)
    faults: list[tuple[int, Reason]] = field(default_factory=list)


def read_ics(content: bytes) -> Found:
    """The whole days of an iCalendar file; never raises, whatever the file is."""
    result = Found()
    if len(content) > MOST_BYTES:
        result.faults.append((1, reasons.calendars.FILE_TOO_LARGE(most=f"{MOST_BYTES:,}")))
        return result
    try:
        lines = content.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as fault:
        result.faults.append((content[: fault.start].count(b"\n") + 1, reasons.calendars.NOT_UTF_8))
        return result
    if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in lines[:50]):
        result.faults.append((1, reasons.calendars.NO_ICALENDAR))
        return result
    for count, (line, block) in enumerate(_events(lines)):
        if count == MOST_EVENTS or len(result.faults) == MOST_FAULTS:
            result.faults.append((line, reasons.calendars.REST_NOT_READ))
            break
        try:
            _take(result, block)
        except FieldFault as fault:
            result.faults.append((line, fault.reason))
        except ValueError as fault:
            words = " ".join(str(fault).split())[:200]
            result.faults.append((line, reasons.calendars.EVENT_UNREADABLE(fault=words)))
    if not storable((*result.holidays.values(), *result.make_up.values())):
        result.faults.append((1, reasons.fields.UNSTORABLE))
    return result


def _events(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Each event as it is written, with the number of its first line."""
    begun, block = 0, list[str]()
    for number, line in enumerate(lines, 1):
        name = line.strip().upper()
        if name == "BEGIN:VEVENT":
            begun, block = number, []
        if begun:
            block.append(line)
        if name == "END:VEVENT" and begun:
            yield begun, "\r\n".join(block) + "\r\n"
            begun = 0
    if begun:
        yield begun, ""


def _take(result: Found, block: str) -> None:
    if not block:
        raise FieldFault(reasons.calendars.EVENT_ENDLESS)
    import icalendar

    event = icalendar.Event.from_ical(block)
    if "RRULE" in event or "RDATE" in event:
        raise FieldFault(reasons.calendars.EVENT_REPEATS)
    if not isinstance(event, icalendar.Event) or "DTSTART" not in event:
        raise FieldFault(reasons.calendars.EVENT_WITHOUT_DAY)
    first = _day(event, "DTSTART")
    last = _day(event, "DTEND") - _DAY if "DTEND" in event else first
    if isinstance(getattr(event.get("DTEND"), "dt", None), datetime):
        last += _DAY
    if not first <= last < first + MOST_DAYS * _DAY:
        raise FieldFault(reasons.calendars.EVENT_LENGTH(most=MOST_DAYS))
    name = _name(str(event.get("SUMMARY", "")))
    days = result.make_up if any(mark in name for mark in _WORKED) else result.holidays
    for offset in range((last - first).days + 1):
        days.setdefault(first + offset * _DAY, name)


def _day(event: icalendar.Event, name: str) -> date:
    moment = getattr(event[name], "dt", None)
    day = moment.date() if isinstance(moment, datetime) else moment
    if not isinstance(day, date):
        raise FieldFault(reasons.calendars.NAMES_NO_DAY(name=name))
    if day.year not in YEARS:
        raise FieldFault(reasons.calendars.YEAR_TOO_FAR(year=day.year))
    return day


def _name(words: str) -> str:
    shown = "".join(letter if unicodedata.category(letter)[0] not in "C" else " " for letter in words)
    return " ".join(shown.split())[:LONGEST_NAME]
