"""The rights of a demo stand in the way of none of its cases, however many there are."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest

from casework.demo.rights import _Writer
from casework.engine.deadlines.calendars import Calendar


@pytest.mark.parametrize("kind", ["invention", "utility_model", "design"])
def test_each_right_is_in_force_and_its_fee_is_paid(kind: str) -> None:
    stage = SimpleNamespace(today=date(2026, 11, 30), end=datetime(2026, 11, 30, tzinfo=UTC), calendar=Calendar("none"))
    writer = _Writer(cast("Any", stage), cast("Any", None))
    for writer.n in range(1000):
        told = writer._register(kind)
        assert "2026-11-30" < str(told["fee_paid_to"]) <= str(told["expires_on"])
