"""Limits of law: the last day moves off days on which nobody works, held against a counter that goes day by day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.deadlines.calendars import Calendar, NoWorkingTime
from casework.engine.deadlines.deadlines import (
    EscalationStep,
    Rule,
    WrittenLimit,
    left,
    moment_of,
    months_after,
    moves,
    resumed,
    rule_of,
    runs_out,
)
from casework.engine.definition.limits import Law, Limit, calendar_days, months, until, working_days
from casework.operations.core.national_holidays import china

LAW = Law("some_law", "Some Law Art. 1")
CHINA = china([2025, 2026, 2027])
ZONE = ZoneInfo(CHINA.zone)
DAY = timedelta(days=1)


def _at(day: date) -> datetime:
    return datetime.combine(day, time(10), ZONE).astimezone(UTC)


def _day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _works(calendar: Calendar, day: date) -> bool:
    """By the calendar's own lists, and no code of its own."""
    return day in calendar.make_up or day not in calendar.holidays and day.weekday() < 5


def _by_hand(calendar: Calendar, start: date, n: int) -> date:
    """Day by day: the day of the start does not count, and the last is one on which people work."""
    day = start
    for _ in range(n):
        day += DAY
    while not _works(calendar, day):
        day += DAY
    return day


def _due(limit: WrittenLimit, calendar: Calendar, start: date, said: Mapping[str, str] | None = None) -> datetime:
    due = runs_out(limit, _at(start), calendar, lambda name: (said or {}).get(name))
    assert due is not None
    return due


DAYS = st.dates(date(2025, 1, 1), date(2027, 6, 30))


@given(DAYS, st.integers(1, 120))
def test_a_limit_of_law_ends_where_a_counter_of_days_ends(start: date, n: int) -> None:
    due = _due(calendar_days(n, law=LAW).rule(), CHINA, start)
    assert _day_of(due) == _by_hand(CHINA, start, n)
    assert due.astimezone(ZONE).time() == time(17)


@given(DAYS, st.integers(0, 120))
def test_it_counts_so_from_a_day_that_a_form_names_too(start: date, n: int) -> None:
    limit = Limit(n, "cd", "effective_on", LAW).rule()
    assert _day_of(_due(limit, CHINA, date(2025, 1, 1), {"effective_on": start.isoformat()})) == _by_hand(
        CHINA, start, n
    )


@given(DAYS, st.integers(1, 120))
def test_ours_stays_on_its_day_and_law_is_never_earlier(start: date, n: int) -> None:
    ours = _due(calendar_days(n).rule(), CHINA, start)
    law = _due(calendar_days(n, law=LAW).rule(), CHINA, start)
    assert _day_of(ours) == start + n * DAY
    assert law >= ours
    assert (law == ours) == _works(CHINA, start + n * DAY)
    # In working days both are the same: they never end on a free day.
    assert _due(working_days(n, law=LAW).rule(), CHINA, start) == _due(working_days(n).rule(), CHINA, start)


@given(DAYS, st.integers(1, 40), st.frozensets(st.integers(0, 60), max_size=30))
def test_one_holiday_more_never_brings_the_end_forward(start: date, n: int, free: frozenset[int]) -> None:
    more = replace(
        CHINA,
        holidays=CHINA.holidays | {start + i * DAY for i in free} - CHINA.make_up,
        names={},
        make_up=CHINA.make_up,
    )
    limit = calendar_days(n, law=LAW).rule()
    assert _due(limit, more, start) >= _due(limit, CHINA, start)
    assert _day_of(_due(limit, more, start)) == _by_hand(more, start, n)


@given(DAYS, st.integers(1, 40))
def test_months_end_on_the_day_of_the_same_number_or_the_last(start: date, n: int) -> None:
    end = months_after(start, n)
    assert (end.year * 12 + end.month) - (start.year * 12 + start.month) == n
    assert end.day == start.day or (end.day < start.day and (end + DAY).day == 1)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 5), 1, date(2027, 1, 5)),
        (date(2026, 5, 31), 12, date(2027, 5, 31)),
    ],
)
def test_months_of_different_lengths(start: date, n: int, end: date) -> None:
    assert months_after(start, n) == end


@pytest.mark.parametrize(
    ("limit", "start", "end"),
    [
        # Three months after 1 July 2026 is National Day, and people work again on the 8th.
        (months(3, law=LAW), date(2026, 7, 1), date(2026, 10, 8)),
        (months(3), date(2026, 7, 1), date(2026, 10, 1)),
        # Sixty days after 18 December 2025 is 16 February 2026, in the Spring Festival.
        (calendar_days(60, law=LAW), date(2025, 12, 18), date(2026, 2, 24)),
        (calendar_days(60), date(2025, 12, 18), date(2026, 2, 16)),
        # A Sunday that is worked in exchange for a holiday is no free day.
        (calendar_days(3, law=LAW), date(2026, 1, 1), date(2026, 1, 4)),
        # A plain Saturday is one.
        (calendar_days(1, law=LAW), date(2026, 11, 27), date(2026, 11, 30)),
    ],
)
def test_the_holidays_of_china(limit: Limit, start: date, end: date) -> None:
    assert _day_of(_due(limit.rule(), CHINA, start)) == end


def test_months_count_from_the_day_that_a_form_names() -> None:
    limit = months(3, since="effective_on", law=LAW).rule()
    assert _day_of(_due(limit, CHINA, date(2026, 1, 5), {"effective_on": "2026-07-01"})) == date(2026, 10, 8)


def test_a_day_named_moves_only_where_law_says_until_then() -> None:
    named = {"on": "2026-10-03"}
    assert _day_of(_due(until("on", law=LAW).rule(), CHINA, date(2026, 1, 5), named)) == date(2026, 10, 8)
    assert _day_of(_due(until("on").rule(), CHINA, date(2026, 1, 5), named)) == date(2026, 10, 3)


def test_what_counts_back_ends_before_its_day_and_does_not_move() -> None:
    limit: WrittenLimit = {"n": -2, "unit": "cd", "since": "on", "law": LAW.code}
    assert _day_of(_due(limit, CHINA, date(2026, 1, 5), {"on": "2026-10-05"})) == date(2026, 10, 3)


def test_what_ends_at_midnight_ends_with_the_day_before() -> None:
    late = replace(
        CHINA, slots=dict.fromkeys(range(5), ((time(9), time(0)),)), holidays=frozenset(), make_up=frozenset()
    )
    friday = _due(calendar_days(1, law=LAW).rule(), late, date(2026, 11, 26))
    # Midnight after Friday, 27 November, and not moved to Monday although it lies on a Saturday.
    assert friday.astimezone(ZONE) == datetime(2026, 11, 28, tzinfo=ZONE)


@given(DAYS, st.integers(1, 60), st.integers(1, 40))
def test_what_a_pause_left_of_a_limit_of_law_moves_as_well(start: date, n: int, pause: int) -> None:
    rule = rule_of(calendar_days(n, law=LAW).rule(), lambda _: None)
    assert rule is not None
    step = EscalationStep(moment_of(rule, _at(start), CHINA), "due", rule)
    goes_on = _at(start + pause * DAY)
    (again,) = resumed(CHINA, [step], left(CHINA, [step], _at(start)), goes_on)
    assert again.rule.get("law") == LAW.code
    assert again.moment >= goes_on + (step.moment - _at(start))
    assert _works(CHINA, _day_of(again.moment))


def test_only_law_in_days_or_months_moves() -> None:
    law: Rule = {"n": 3, "unit": "cd", "law": "x"}
    assert moves(law)
    assert moves({"n": 3, "unit": "mo", "law": "x"})
    assert not moves({"n": 3, "unit": "wd", "law": "x"})
    assert not moves({"n": 3, "unit": "cd"})
    assert not moves({"n": -3, "unit": "cd", "law": "x", "day": "2026-01-01"})


def test_a_place_where_nobody_ever_works_again_is_no_place_for_a_limit() -> None:
    never = replace(CHINA, slots={0: ((time(9), time(17)),)}, holidays=_Every(), make_up=frozenset(), names={})
    with pytest.raises(NoWorkingTime):
        never.off_the_holiday(_at(date(2026, 3, 2)))


@given(DAYS)
def test_a_day_moves_to_the_first_on_which_people_work(day: date) -> None:
    moved = CHINA.day_off_the_holiday(day)
    assert _works(CHINA, moved)
    assert moved >= day
    assert not any(_works(CHINA, day + n * DAY) for n in range((moved - day).days))


class _Every(frozenset[date]):
    """Every day is one."""

    def __contains__(self, day: object) -> bool:
        return True
