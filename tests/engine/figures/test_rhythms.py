"""On which days figures go out by themselves: each day of a rhythm once, on a day on which people work."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.rhythms import (
    KINDS,
    PERIODS,
    WEEKLY,
    Rhythm,
    end_of_period,
    goes_at,
    last_gone,
    next_going,
)

BEIJING = ZoneInfo("Asia/Shanghai")
OFFICE = Calendar(
    name="office",
    holidays=frozenset({date(2026, 10, day) for day in range(1, 8)}),
    make_up=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
)
DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
MOMENTS = DAYS.flatmap(
    lambda day: st.times().map(lambda of_day: datetime.combine(day, of_day.replace(tzinfo=None), tzinfo=UTC))
)
ZONES = st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/New_York", "Pacific/Apia"])


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    kind = draw(st.sampled_from(KINDS))
    return Rhythm(kind=kind, weekday=draw(st.integers(1, 7)) if kind == WEEKLY else None)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    return Calendar(name="any", zone=draw(ZONES), holidays=draw(st.frozensets(DAYS, max_size=20)))


@pytest.mark.parametrize(("kind", "weekday"), [("weekly", None), ("weekly", 8), ("monthly", 1), ("daily", None)])
def test_what_is_no_rhythm_cannot_be_said(kind: str, weekday: int | None) -> None:
    with pytest.raises(ValueError):
        Rhythm(kind=kind, weekday=weekday)  # type: ignore[arg-type]  # the one that is refused


@given(rhythms(), DAYS)
def test_the_days_of_a_rhythm_follow_one_another_without_a_gap(rhythm: Rhythm, day: date) -> None:
    latest = rhythm.latest(day)
    assert latest <= day < rhythm.after(latest)
    assert rhythm.latest(latest) == latest
    assert rhythm.before(rhythm.after(day)) == latest
    assert rhythm.after(rhythm.before(latest)) == latest


@given(rhythms(), DAYS, calendars())
def test_a_mail_goes_on_a_day_of_work_and_not_before_its_own(rhythm: Rhythm, day: date, calendar: Calendar) -> None:
    goes = goes_at(rhythm.latest(day), calendar)
    assert calendar.local_date(goes) >= rhythm.latest(day)
    assert calendar.is_working_day(calendar.local_date(goes))
    assert calendar.is_worked(goes)


@given(rhythms(), MOMENTS, calendars())
def test_one_day_of_a_rhythm_is_the_last_that_has_gone(rhythm: Rhythm, moment: datetime, calendar: Calendar) -> None:
    gone = last_gone(rhythm, moment, calendar)
    assert goes_at(gone, calendar) <= moment < next_going(rhythm, gone, calendar)


@given(rhythms(), MOMENTS, st.integers(0, 400), calendars())
def test_a_day_that_has_gone_does_not_come_again_as_time_goes_on(
    rhythm: Rhythm, moment: datetime, days: int, calendar: Calendar
) -> None:
    assert last_gone(rhythm, moment, calendar) <= last_gone(rhythm, moment + timedelta(days=days), calendar)


@given(st.sampled_from(PERIODS), DAYS, calendars())
def test_what_ended_last_ended_at_a_midnight_before_the_day(period: str, day: date, calendar: Calendar) -> None:
    end = end_of_period(period, day, calendar)
    assert calendar.local_date(end) < day
    assert end + timedelta(microseconds=1) <= datetime.combine(day, datetime.min.time(), ZoneInfo(calendar.zone))


@pytest.mark.parametrize(
    ("period", "last"),
    [
        ("last_week", date(2026, 11, 29)),
        ("last_month", date(2026, 10, 31)),
        ("last_quarter", date(2026, 9, 30)),
        ("last_year", date(2025, 12, 31)),
    ],
)
def test_a_period_is_the_one_that_ended_last(period: str, last: date) -> None:
    end = end_of_period(period, date(2026, 11, 30), OFFICE)
    assert end == datetime.combine(last, datetime.max.time(), BEIJING)


@pytest.mark.parametrize(
    ("day", "goes"),
    [
        (date(2026, 11, 30), date(2026, 11, 30)),
        # A Sunday, the holidays of October, and a Sunday that is worked.
        (date(2026, 11, 1), date(2026, 11, 2)),
        (date(2026, 10, 1), date(2026, 10, 8)),
        (date(2026, 9, 20), date(2026, 9, 20)),
    ],
)
def test_what_falls_on_a_holiday_goes_as_people_are_back(day: date, goes: date) -> None:
    assert goes_at(day, OFFICE) == datetime(goes.year, goes.month, goes.day, 9, tzinfo=BEIJING)
