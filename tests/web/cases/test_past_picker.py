"""A moment is asked for and said on the clock of the programme; the second that is running counts as now."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from casework.engine.deadlines.calendars import Calendar
from casework.web.cases.past_picker import picker_of, read_moment, say_then

BEIJING = Calendar("none", zone="Asia/Shanghai")
NOW = datetime(2026, 3, 2, 1, 30, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        ("2026-03-02T09:00", datetime(2026, 3, 2, 1, 0, tzinfo=UTC)),
        ("2026-03-02 09:00:05", datetime(2026, 3, 2, 1, 0, 5, tzinfo=UTC)),
        ("2026-03-02T01:00:00.123456Z", datetime(2026, 3, 2, 1, 0, 0, 123_456, tzinfo=UTC)),
        ("2026-03-02T09:30:01", NOW),
        ("2026-03-02T09:30:02", datetime(2026, 3, 2, 1, 30, 2, tzinfo=UTC)),
        ("2026-03-02", datetime(2026, 3, 1, 16, 0, tzinfo=UTC)),
        ("0001-01-01T00:00+14:00", None),
        ("9999-12-31T23:59-14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_what_was_asked_is_read(asked: str, read: datetime | None) -> None:
    assert read_moment(asked, BEIJING, NOW) == read


def test_the_form_says_the_first_full_second_that_has_seen_the_event(app: Flask) -> None:
    with app.test_request_context("/"):
        picker = picker_of(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), BEIJING, NOW)
        assert (picker.first, picker.value, picker.zone) == (
            "2026-03-02T09:00:00",
            "2026-03-02T09:30:01",
            "Asia/Shanghai",
        )
        assert read_moment(picker.value, BEIJING, NOW + timedelta(hours=1)) == NOW + timedelta(microseconds=750_000)
        assert picker_of(NOW, BEIJING).value == ""
        assert say_then(NOW, BEIJING) == "2026-03-02 09:30 Beijing time (UTC+8)"
