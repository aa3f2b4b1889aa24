"""Working time added, taken away and measured: the cases that other engines are tested with, on their calendars."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar
from tests.engine.deadlines.test_calendars import scenes

EASTER = frozenset({date(2022, 4, 15), date(2022, 4, 17), date(2022, 4, 18), date(2023, 4, 9)})
DAY = ((time(0), time(0)),)


def calendar(slots: tuple[tuple[time, time], ...], zone: str = "UTC", weekdays: range = range(5)) -> Calendar:
    return Calendar("test", zone=zone, slots=dict.fromkeys(weekdays, slots), holidays=EASTER)


BREAK = calendar(((time(6), time(12)), (time(13), time(18))))
TOUCHING = calendar(((time(9), time(12)), (time(12), time(17))))
WHOLE_DAYS = calendar(DAY)
SUNDAYS = calendar(DAY, weekdays=range(6, 7))
BERLIN = calendar(DAY, "Europe/Berlin")
BERLIN_SUNDAYS = calendar(DAY, "Europe/Berlin", range(6, 7))


def at(written: str, where: Calendar) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=ZoneInfo(where.zone))


@pytest.mark.parametrize(
    ("where", "start", "minutes", "end"),
    [
        (BREAK, "2022-11-15T09:00", 42, "2022-11-15T09:42"),
        (BREAK, "2022-11-16T09:00", 180, "2022-11-16T12:00"),
        (BREAK, "2022-11-17T09:00", 181, "2022-11-17T13:01"),
        (BREAK, "2022-11-18T09:00", 660, "2022-11-21T09:00"),
        (BREAK, "2022-04-14T09:00", 660, "2022-04-19T09:00"),
        (BREAK, "2022-04-15T09:00", 120, "2022-04-19T08:00"),
        (BREAK, "2022-11-14T09:30", 0, "2022-11-14T09:30"),
        (BREAK, "2022-04-16T09:30", 0, "2022-04-19T06:00"),
        (BREAK, "2022-11-16T05:00", 60, "2022-11-16T07:00"),
        (BREAK, "2022-11-16T19:00", 60, "2022-11-17T07:00"),
        (TOUCHING, "2022-11-16T09:00", 180, "2022-11-16T12:00"),
        (WHOLE_DAYS, "2023-01-09T23:00", 1440, "2023-01-10T23:00"),
        (BERLIN, "2022-03-25T09:30", 1020, "2022-03-28T02:30"),
        (BERLIN_SUNDAYS, "2023-03-26T00:00", 180, "2023-03-26T04:00"),
    ],
)
def test_working_time_is_added(where: Calendar, start: str, minutes: int, end: str) -> None:
    assert where.add_working_minutes(at(start, where), minutes) == at(end, where)


@pytest.mark.parametrize(
    ("where", "end", "minutes", "start"),
    [
        (BREAK, "2022-11-15T09:00", 42, "2022-11-15T08:18"),
        (BREAK, "2022-11-16T09:00", 180, "2022-11-16T06:00"),
        (BREAK, "2022-11-17T16:00", 181, "2022-11-17T11:59"),
        (BREAK, "2022-11-14T17:00", 660, "2022-11-11T17:00"),
        (BREAK, "2022-04-19T09:00", 181, "2022-04-14T17:59"),
        (BREAK, "2022-04-15T09:00", 120, "2022-04-14T16:00"),
        (BREAK, "2022-11-14T09:30", 0, "2022-11-14T09:30"),
        (BREAK, "2022-04-16T09:30", 0, "2022-04-14T18:00"),
        (BREAK, "2022-11-16T12:30", 60, "2022-11-16T11:00"),
        (BREAK, "2022-11-16T05:00", 60, "2022-11-15T17:00"),
        (TOUCHING, "2022-11-16T15:00", 180, "2022-11-16T12:00"),
        (WHOLE_DAYS, "2022-04-16T09:30", 0, "2022-04-15T00:00"),
        (WHOLE_DAYS, "2023-01-10T23:00", 1440, "2023-01-09T23:00"),
        (BERLIN, "2022-10-31T08:54", 1080, "2022-10-28T14:54"),
        (BERLIN_SUNDAYS, "2023-03-26T05:00", 180, "2023-03-26T01:00"),
    ],
)
def test_working_time_is_taken_away(where: Calendar, end: str, minutes: int, start: str) -> None:
    assert where.subtract_working_minutes(at(end, where), minutes) == at(start, where)


@pytest.mark.parametrize(
    ("where", "start", "end", "passed"),
    [
        (BREAK, "2022-11-15T09:00:00", "2022-11-15T09:00:00.001", timedelta(milliseconds=1)),
        (BREAK, "2022-11-15T09:00", "2022-11-15T10:00", timedelta(hours=1)),
        (BREAK, "2022-11-15T09:00", "2022-11-15T14:00", timedelta(hours=4)),
        (BREAK, "2022-04-14T17:00", "2022-04-19T09:00", timedelta(hours=4)),
        (BREAK, "2022-11-15T05:00", "2022-11-15T07:00", timedelta(hours=1)),
        (BREAK, "2022-11-15T11:00", "2022-11-15T12:30", timedelta(hours=1)),
        (BREAK, "2023-01-09T10:11", "2023-01-09T10:10", timedelta(minutes=1)),
        (WHOLE_DAYS, "2023-01-09T23:00", "2023-01-10T01:00", timedelta(hours=2)),
        (BERLIN, "2023-03-24T09:30", "2023-03-27T02:30", timedelta(hours=17)),
        (BERLIN_SUNDAYS, "2023-03-26T00:00", "2023-03-26T09:00", timedelta(hours=8)),
    ],
)
def test_working_time_is_measured(where: Calendar, start: str, end: str, passed: timedelta) -> None:
    assert where.working_time(at(start, where), at(end, where)) == passed


@pytest.mark.parametrize(
    ("day", "works"), [(date(2023, 2, 26), True), (date(2023, 2, 27), False), (date(2023, 4, 9), False)]
)
def test_a_working_day_has_slots_and_is_no_holiday(day: date, works: bool) -> None:
    assert SUNDAYS.is_working_day(day) is works


def test_less_than_nothing_is_refused() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    for count in (BREAK.add_working_minutes, BREAK.subtract_working_minutes):
        with pytest.raises(ValueError, match="from 0 up"):
            count(now, -1)


@pytest.mark.parametrize("method", ["add_working_minutes", "subtract_working_minutes", "working_time"])
def test_a_moment_without_a_zone_is_refused(method: str) -> None:
    naive = datetime(2026, 3, 2)  # noqa: DTZ001  # what is refused
    with pytest.raises(ValueError, match="no time zone"):
        getattr(BREAK, method)(naive, naive if method == "working_time" else 1)


def test_a_repeated_hour_is_gone_through_in_order() -> None:
    """Both times that the clock shows 23:00 to 23:15 lie before or after those of the next slot, as they happened."""
    slots = ((time(23), time(23, 15)), (time(23, 15), time(23, 30)))
    where = Calendar(
        name="autumn",
        version=1,
        zone="America/Sao_Paulo",
        slots=dict.fromkeys(range(7), slots),
        holidays=frozenset(),
        make_up=frozenset(),
    )
    start = datetime(2019, 2, 17, 1, 0, tzinfo=UTC)
    assert where.add_working_minutes(start, 31) == datetime(2019, 2, 17, 2, 1, tzinfo=UTC)
    assert where.subtract_working_minutes(datetime(2019, 2, 17, 2, 1, tzinfo=UTC), 1) == datetime(
        2019, 2, 17, 2, 0, tzinfo=UTC
    )
    assert where.subtract_working_minutes(datetime(2019, 2, 17, 2, 1, tzinfo=UTC), 2) == datetime(
        2019, 2, 17, 1, 29, tzinfo=UTC
    )


@settings(max_examples=100, deadline=None)
@given(scenes(), st.integers(1, 5_000))
def test_taking_away_finds_the_last_moment_with_so_many_minutes(
    scene: tuple[Calendar, datetime, datetime], minutes: int
) -> None:
    where, moment, _ = scene
    start = where.subtract_working_minutes(moment, minutes)
    assert where.working_minutes(start, moment) == minutes
    assert where.working_minutes(start + timedelta(minutes=1), moment) == minutes - 1
    assert where.working_minutes(where.add_working_minutes(start, minutes), moment) == 0
