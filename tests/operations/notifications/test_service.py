"""When people are told: at the next working morning of their own, and never in their quiet hours."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from casework.operations.core.national_holidays import china
from casework.operations.notifications.mail_queue import next_digest, next_working


@pytest.mark.parametrize(
    ("now", "zone", "then"),
    [
        ("2026-03-02T08:00+08:00", "Asia/Shanghai", "2026-03-02T08:30+08:00"),
        ("2026-03-02T08:30+08:00", "Asia/Shanghai", "2026-03-03T08:30+08:00"),
        ("2026-03-06T18:00+08:00", "Asia/Shanghai", "2026-03-09T08:30+08:00"),
        ("2026-03-02T08:00+08:00", "Europe/Berlin", "2026-03-02T08:30+01:00"),
        ("2026-03-02T08:00+08:00", "nowhere", "2026-03-02T08:30+00:00"),
    ],
)
def test_the_digest_goes_on_the_readers_next_working_morning(now: str, zone: str, then: str) -> None:
    assert next_digest(datetime.fromisoformat(now), zone, china([2026])) == datetime.fromisoformat(then)


def test_quiet_means_from_the_beginning_of_the_next_working_hours() -> None:
    calendar = china([2026])
    saturday = datetime.fromisoformat("2026-03-07T12:00+08:00")
    begins = next_working(saturday, calendar)
    assert begins > saturday
    assert calendar.working_minutes(saturday, begins) == 0
    assert calendar.working_minutes(saturday, begins + timedelta(minutes=1)) == 1
    assert next_working(begins + timedelta(minutes=30), calendar) == begins + timedelta(minutes=30)
