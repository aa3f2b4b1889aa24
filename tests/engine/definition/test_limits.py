"""Limits as definitions say them, and as editions write them."""

from __future__ import annotations

import pytest

from casework.engine.definition.limits import Limit, calendar_days, until, working_days


@pytest.mark.parametrize(
    ("limit", "written"),
    [
        (working_days(5), {"n": 5, "unit": "wd", "since": None}),
        (working_days(5, since="on"), {"n": 5, "unit": "wd", "since": "on"}),
        (calendar_days(30), {"n": 30, "unit": "cd", "since": None}),
        (calendar_days(-3, since="go.on"), {"n": -3, "unit": "cd", "since": "go.on"}),
        (until("hold.day"), {"n": 0, "unit": "cd", "since": "hold.day"}),
    ],
)
def test_a_limit_is_written_with_its_number_its_unit_and_its_start(limit: Limit, written: dict[str, object]) -> None:
    assert limit.rule() == written
