"""The axis of time under a picture: months or weeks in the reader's language and zone, today, and the office's long breaks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from flask_babel import gettext

from casework.engine.deadlines.calendars import Calendar
from casework.web.shell import charts
from casework.web.shell.charts import Scale, Tick
from casework.web.shell.dates import MONTHS
from casework.web.shell.layout import clock

#: Free days in a row that are drawn; fewer nobody sees.
_LONG_BREAK = 3
#: Days after which free days are too thin to be seen.
_WIDEST = 500


def whole_hour(moment: datetime) -> datetime:
    """The end of the hour: two pictures of one hour are the same, and nothing that has happened lies beyond it."""
    return (moment + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)


def time_scale(start: datetime, end: datetime, now: datetime, calendar: Calendar) -> Scale:
    """An axis with the months in the reader's language and zone, and the long breaks of the office."""
    reader = clock()
    months = charts.months_between(start.astimezone(reader.zone), end.astimezone(reader.zone))
    # The end of the day's last hour belongs to the day.
    now_words = gettext("Today %(day)s", day=_short_day(now - timedelta(microseconds=1)))
    if len(months) < 2:
        ticks = tuple(Tick(day, _short_day(day), n % 2 == 1) for n, day in enumerate(_weeks(start, end)))
    else:
        ticks = tuple(Tick(month, _month(month, reader.chinese), n % 2 == 1) for n, month in enumerate(months))
    off = tuple(_breaks(start, end, calendar)) if (end - start).days <= _WIDEST else ()
    return Scale(start=start, end=end, now=now, now_words=now_words, ticks=ticks, off=off)


def _month(month: datetime, chinese: bool) -> str:
    if month.month == 1:
        return f"{month.year}年" if chinese else str(month.year)
    return f"{month.month}月" if chinese else MONTHS[month.month - 1]


def _short_day(moment: datetime) -> str:
    reader = clock()
    day = reader.day_of(moment)
    return f"{day.month}月{day.day}日" if reader.chinese else f"{day.day} {MONTHS[day.month - 1]}"


def _weeks(start: datetime, end: datetime) -> Iterator[datetime]:
    """The Mondays of a short stretch of time."""
    zone = clock().zone
    day = clock().day_of(start) + timedelta(days=-clock().day_of(start).weekday() % 7)
    while (moment := datetime.combine(day, time(), tzinfo=zone)) <= end:
        yield moment
        day += timedelta(days=7)


def _breaks(start: datetime, end: datetime, calendar: Calendar) -> Iterator[tuple[datetime, datetime]]:
    """Days in a row on which the office is closed, longer than a weekend."""
    zone = clock().zone
    day, last = calendar.local_date(start), calendar.local_date(end)
    first = None
    while day <= last:
        if calendar.is_working_day(day):
            if first is not None and (day - first).days >= _LONG_BREAK:
                yield datetime.combine(first, time(), tzinfo=zone), datetime.combine(day, time(), tzinfo=zone)
            first = None
        elif first is None:
            first = day
        day += timedelta(days=1)
