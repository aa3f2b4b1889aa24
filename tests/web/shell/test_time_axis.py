"""The axis under a picture names today, until the day is over."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask_babel import force_locale

from casework.engine.deadlines.calendars import Calendar
from casework.web.shell.time_axis import time_scale, whole_hour

_BEIJING = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("hour", "minute", "day"), [(0, 0, 28), (12, 30, 28), (23, 0, 28), (23, 59, 28)])
def test_the_last_hour_of_a_day_is_that_day_still(app: Flask, hour: int, minute: int, day: int) -> None:
    now = whole_hour(datetime(2026, 11, 28, hour, minute, tzinfo=_BEIJING))
    with app.test_request_context("/"), force_locale("en"):
        scale = time_scale(now - timedelta(days=60), now + timedelta(days=30), now, Calendar("none"))
    assert scale.now_words == f"Today {day} Nov"
