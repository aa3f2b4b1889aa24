"""China's calendar, as the holidays library knows it and as an administrator corrects it."""

from datetime import date, timedelta

import pytest

from casework.engine.deadlines.calendars import Calendar
from casework.operations.core.national_holidays import china, public_holidays


@pytest.fixture(scope="module")
def calendar_2026() -> Calendar:
    return china([2026])


@pytest.mark.parametrize(("month", "day"), [(1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10)])
def test_make_up_weekends_of_2026_are_worked(calendar_2026: Calendar, month: int, day: int) -> None:
    assert date(2026, month, day).weekday() >= 5
    assert calendar_2026.is_working_day(date(2026, month, day))


@pytest.mark.parametrize(
    ("first", "last"),
    [
        pytest.param((1, 1), (1, 3), id="new year"),
        pytest.param((2, 15), (2, 23), id="spring festival"),
        pytest.param((4, 4), (4, 6), id="tomb-sweeping"),
        pytest.param((5, 1), (5, 5), id="labour day"),
        pytest.param((6, 19), (6, 21), id="dragon boat"),
        pytest.param((9, 25), (9, 27), id="mid-autumn"),
        pytest.param((10, 1), (10, 7), id="national day"),
    ],
)
def test_nobody_works_in_the_breaks_of_2026(
    calendar_2026: Calendar, first: tuple[int, int], last: tuple[int, int]
) -> None:
    start, end = date(2026, *first), date(2026, *last)
    days = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    assert not any(calendar_2026.is_working_day(day) for day in days)
    assert calendar_2026.is_working_day(end + timedelta(days=1))


def test_2026_has_248_working_days(calendar_2026: Calendar) -> None:
    days = (date(2026, 1, 1) + timedelta(days=offset) for offset in range(365))
    assert sum(map(calendar_2026.is_working_day, days)) == 248


def test_a_swap_that_reaches_over_new_year_is_known_in_the_year_before() -> None:
    assert china([2006]).is_working_day(date(2006, 12, 31))


def test_an_override_makes_a_saturday_worked_and_a_monday_free() -> None:
    saturday, monday = date(2027, 2, 20), date(2027, 2, 22)
    calendar = china([2027], overrides={saturday: True, monday: False})
    assert calendar.is_working_day(saturday)
    assert not calendar.is_working_day(monday)


def test_an_override_takes_a_swap_back() -> None:
    calendar = china([2026], overrides={date(2026, 10, 10): False, date(2026, 10, 7): True})
    assert not calendar.is_working_day(date(2026, 10, 10))
    assert calendar.is_working_day(date(2026, 10, 7))


def test_it_holds_only_the_years_that_were_asked_for(calendar_2026: Calendar) -> None:
    assert {day.year for day in calendar_2026.holidays | calendar_2026.make_up} == {2026}


def test_a_swapped_day_says_which_day_is_worked_instead(calendar_2026: Calendar) -> None:
    assert calendar_2026.names[date(2026, 10, 6)] == {
        "en": "Day off, worked on Sun 20 Sep instead",
        "zh": "调休放假，9月20日上班",
    }


def test_no_name_of_a_day_carries_an_american_date_or_spelling() -> None:
    names = [name for one in china(range(2024, 2027)).names.values() for name in one.values()]
    assert not [name for name in names if "/" in name or "substituted" in name or "Labor" in name]


def test_public_holidays_of_other_countries_are_known() -> None:
    german = public_holidays("DE", 2026)
    assert german.holidays[date(2026, 10, 3)] == {"en": "German Unity Day"}
    assert german.make_up == {}
    chinese = public_holidays("CN", 2026)
    assert chinese.make_up.keys() == {
        date(2026, m, d) for m, d in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))
    }
    assert chinese.holidays[date(2026, 10, 1)]["zh"] == "国庆节"
