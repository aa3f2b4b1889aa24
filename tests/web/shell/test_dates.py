"""Dates as people say them, in English and in Chinese."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import force_locale

from casework.operations.core.national_holidays import china
from casework.settings import Settings
from casework.web.app import create_app
from casework.web.shell import dates
from casework.web.shell.layout import begin_element, day_element, due_element, end_element, time_element, use_calendar

CALENDAR = china(range(2025, 2028))
#: A Tuesday, 10:02 in Beijing.
NOW = datetime(2025, 12, 2, 2, 2, tzinfo=UTC)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    away = "postgresql://nobody@127.0.0.1:1/nothing"
    return create_app(Settings(profile="test", var=tmp_path_factory.mktemp("var"), database_url=away))


@pytest.fixture(autouse=True)
def _request(app: Flask) -> Iterator[None]:
    with app.test_request_context("/"):
        yield


def clock(language: str = "en", zone: str = "Asia/Shanghai", *, plain: bool = False) -> dates.Clock:
    return dates.clock(NOW, zone, language, None if plain else CALENDAR)


def beijing(day: int, hour: int = 17, month: int = 12, year: int = 2025) -> datetime:
    return datetime(year, month, day, hour - 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("due", "english", "chinese"),
    [
        (beijing(2), "today", "今天"),
        (beijing(3), "in 1 working day", "1 个工作日后"),
        (beijing(5), "in 3 working days", "3 个工作日后"),
        # Over a weekend only the days count on which people work.
        (beijing(8), "in 4 working days", "4 个工作日后"),
        (beijing(6), "in 3 working days", "3 个工作日后"),
        (beijing(1), "1 working day late", "逾期 1 个工作日"),
        (datetime(2025, 11, 28, 9, tzinfo=UTC), "2 working days late", "逾期 2 个工作日"),
        (beijing(2, hour=9), "late since today", "今天起逾期"),
        (datetime(2026, 6, 1, 9, tzinfo=UTC), "in 181 days", "181 天后"),
        (datetime(2025, 9, 25, 9, tzinfo=UTC), "68 days late", "逾期 68 天"),
    ],
)
def test_a_deadline_is_said_in_working_days(due: datetime, english: str, chinese: str) -> None:
    with force_locale("en"):
        assert dates.say_due(due, clock()) == english
    with force_locale("zh_Hans"):
        assert dates.say_due(due, clock("zh-Hans")) == chinese


@pytest.mark.parametrize(
    ("moment", "english"),
    [
        (beijing(2), "today"),
        (beijing(3), "tomorrow"),
        (beijing(1), "yesterday"),
        (beijing(5), "in 3 days"),
        (datetime(2025, 11, 28, 9, tzinfo=UTC), "4 days ago"),
    ],
)
def test_without_a_calendar_days_are_counted(moment: datetime, english: str) -> None:
    with force_locale("en"):
        assert dates.say_due(moment, clock(plain=True)) == english


def test_days_have_their_weekday_and_another_year_is_named() -> None:
    assert dates.say_day("2025-12-05", clock()) == "Fri 5 Dec"
    assert dates.say_day("2026-01-05", clock()) == "Mon 5 Jan 2026"
    assert dates.say_day("2025-12-05", clock("zh-Hans")) == "12月5日 周五"
    assert dates.say_day("2026-01-04", clock("zh_Hans_CN")) == "2026年1月4日 周日"


def test_a_moment_is_said_in_the_persons_zone() -> None:
    assert dates.say_moment("2025-12-01T23:30:00.000000Z", clock()) == "Tue 2 Dec 07:30"
    assert dates.say_moment("2025-12-01T23:30:00.000000Z", clock(zone="America/New_York")) == "Mon 1 Dec 18:30"
    assert dates.say_exactly("2025-12-01T23:30:00Z", clock(zone="Asia/Kolkata")) == (
        "2025-12-02 05:00 Kolkata time (UTC+5:30)"
    )


def test_the_programmes_day_decides_what_is_today() -> None:
    # 01:00 on Wednesday in Beijing is still Tuesday in New York: the deadline is the programme's.
    late = dates.clock(datetime(2025, 12, 2, 17, 0, tzinfo=UTC), "America/New_York", "en", CALENDAR)
    with force_locale("en"):
        assert dates.say_due(beijing(3), late) == "today"


def test_an_unknown_zone_is_read_as_utc() -> None:
    assert str(dates.clock(NOW, "../etc/passwd", "en").zone) == "UTC"
    assert str(dates.clock(NOW, "Mars/Phobos", "en").zone) == "UTC"


def test_elements_carry_the_exact_time() -> None:
    use_calendar(CALENDAR)
    made = str(time_element("2025-12-05T09:00:00.000000Z"))
    assert 'datetime="2025-12-05T09:00:00Z"' in made
    assert 'title="2025-12-05 17:00 Beijing time (UTC+8)"' in made
    assert str(time_element(None)) == str(due_element(None)) == str(day_element(None)) == ""
    assert 'datetime="2025-12-05"' in str(day_element("2025-12-05"))


def test_what_is_late_is_marked_and_says_so() -> None:
    made = str(due_element("2020-12-04T09:00:00Z"))
    assert made.startswith('<span class="danger">')
    assert "ago" in made


def test_what_stands_still_says_at_which_day_it_was_due(app: Flask) -> None:
    with app.test_request_context("/"):
        for moment in ("2020-12-04T09:00:00Z", "2199-12-04T09:00:00Z"):
            made = str(due_element(moment, still=True))
            assert "stands still" in made
            assert ">was " in made
            assert "working day" not in made
            assert "danger" not in made
            assert "was" not in str(due_element(moment, short=True, still=True))


def test_what_lasts_for_whole_days_names_the_first_and_the_last(app: Flask) -> None:
    with app.test_request_context("/"):
        midnight, later = "2020-12-03T16:00:00Z", "2020-12-03T16:30:00Z"
        assert str(begin_element(midnight)) == str(day_element("2020-12-04"))
        assert str(end_element(midnight)) == str(day_element("2020-12-03"))
        # What was ended by hand says when.
        assert str(begin_element(later)) == str(end_element(later)) == str(time_element(later))
