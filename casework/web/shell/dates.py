"""Dates as people say them: "in 3 working days · Fri 5 Dec". Working days are counted by the programme's calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask_babel import gettext, ngettext

from casework.engine.deadlines.calendars import Calendar, day_in
from casework.operations.core.i18n import Speech

WEEKDAYS_ZH = "一二三四五六日"
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Beyond this nobody counts working days.
LONGEST_COUNT = 60
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Clock:
    """What dates are said by: the moment, the person's zone and language, the programme's calendar if there is one."""

    now: datetime
    zone: ZoneInfo
    chinese: bool = False
    calendar: Calendar | None = None
    #: Each day is said with its year: on paper, which is read in another one.
    years: bool = False

    @property
    def today(self) -> date:
        return self.day_of(self.now)

    @property
    def office_today(self) -> date:
        """Where the programme is: what a form's days are checked by, wherever its reader sits."""
        return (self.calendar or Calendar("none")).local_date(self.now)

    def day_of(self, moment: datetime | str) -> date:
        """The day on the reader's wall at a moment."""
        return day_in(read_moment(moment), self.zone)


def clock(now: datetime, zone: str, language: str, calendar: Calendar | None = None) -> Clock:
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        where = ZoneInfo("UTC")
    return Clock(now, where, language.lower().startswith("zh"), calendar)


def read_moment(value: datetime | str) -> datetime:
    """A moment as it is, or as the operations write it ("2025-12-05T09:00:00.000000Z")."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value


def say_day(day: date | str, reader_clock: Clock, *, year: bool = False) -> str:
    """Fri 5 Dec, with the year where it is another one; 12月5日 周五."""
    day = read_day(day)
    return name_day(
        day, chinese=reader_clock.chinese, year=year or reader_clock.years or day.year != reader_clock.today.year
    )


def name_day(day: date, *, chinese: bool, year: bool) -> str:
    """Fri 5 Dec, or with its year; 12月5日 周五."""
    if chinese:
        return (f"{day.year}年" if year else "") + f"{day.month}月{day.day}日 周{WEEKDAYS_ZH[day.weekday()]}"
    return f"{WEEKDAYS[day.weekday()]} {day.day} {MONTHS[day.month - 1]}" + (f" {day.year}" if year else "")


def say_moment(moment: datetime | str, reader_clock: Clock) -> str:
    """Mon 24 Nov 10:02, in the person's zone."""
    there = read_moment(moment).astimezone(reader_clock.zone)
    return f"{say_day(reader_clock.day_of(there), reader_clock)} {there:%H:%M}"


def say_exactly(moment: datetime | str, reader_clock: Clock) -> str:
    """For hovering and for screen readers: 2025-12-05 17:00 Beijing time (UTC+8)."""
    there = read_moment(moment).astimezone(reader_clock.zone)
    offset = f"{there:%z}"
    hours = f"{offset[0]}{int(offset[1:3])}" + (f":{offset[3:]}" if offset[3:] != "00" else "")
    return f"{there:%Y-%m-%d %H:%M} {Speech(reader_clock.chinese).zone(reader_clock.zone.key)} (UTC{hours})"


def say_due(due: datetime | str, reader_clock: Clock) -> str:
    """How long until then, or since: "in 3 working days", "today", "2 working days late"."""
    moment = read_moment(due)
    if reader_clock.calendar is None:
        return say_distance(moment, reader_clock)
    day, today = reader_clock.calendar.local_date(moment), reader_clock.calendar.local_date(reader_clock.now)
    if moment < reader_clock.now:
        if day == today:
            return gettext("late since today")
        if (today - day).days > LONGEST_COUNT:
            return ngettext("%(num)d day late", "%(num)d days late", (today - day).days)
        late = _working_days(reader_clock.calendar, day, today)
        if late == 0:
            return gettext("late since %(day)s", day=say_day(day, reader_clock))
        return ngettext("%(num)d working day late", "%(num)d working days late", late)
    if day == today:
        return gettext("today")
    left = _working_days(reader_clock.calendar, today, day)
    if left == 0:
        return ngettext("in %(num)d day", "in %(num)d days", (day - today).days)
    return ngettext("in %(num)d working day", "in %(num)d working days", left)


def _working_days(calendar: Calendar, after: date, until: date) -> int:
    """Working days after the one day up to the other, as people count them on their fingers."""
    if (until - after).days > LONGEST_COUNT:
        return 0
    days = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(calendar.is_working_day(day) for day in days)


def say_distance(moment: datetime | str, reader_clock: Clock) -> str:
    """The same in calendar days: "in 3 days", "yesterday", "12 days ago"."""
    return say_days((reader_clock.day_of(moment) - reader_clock.today).days)


def say_days(days: int) -> str:
    match days:
        case 0:
            return gettext("today")
        case 1:
            return gettext("tomorrow")
        case -1:
            return gettext("yesterday")
    if days > 0:
        return ngettext("in %(num)d day", "in %(num)d days", days)
    return ngettext("%(num)d day ago", "%(num)d days ago", -days)


def is_late(due: datetime | str, reader_clock: Clock) -> bool:
    return read_moment(due) < reader_clock.now
