"""Limits as definitions say them, and as editions write them."""

from __future__ import annotations

import pytest

from casework.engine.definition.limits import Law, Limit, calendar_days, months, until, working_days


@pytest.mark.parametrize(
    ("limit", "written"),
    [
        (working_days(5), {"n": 5, "unit": "wd", "since": None}),
        (working_days(5, since="on"), {"n": 5, "unit": "wd", "since": "on"}),
        (calendar_days(30), {"n": 30, "unit": "cd", "since": None}),
        (calendar_days(-3, since="go.on"), {"n": -3, "unit": "cd", "since": "go.on"}),
        (until("hold.day"), {"n": 0, "unit": "cd", "since": "hold.day"}),
        (months(3, since="on"), {"n": 3, "unit": "mo", "since": "on"}),
        # The article is written only where there is one.
        (calendar_days(60, law=Law("order", "Order 3 Art. 6")), {"n": 60, "unit": "cd", "since": None, "law": "order"}),
        (working_days(3, law=Law("order", "Order 3")), {"n": 3, "unit": "wd", "since": None, "law": "order"}),
        (months(3, law=Law("order", "Order 3")), {"n": 3, "unit": "mo", "since": None, "law": "order"}),
        (until("day", law=Law("order", "Order 3")), {"n": 0, "unit": "cd", "since": "day", "law": "order"}),
    ],
)
def test_a_limit_is_written_with_its_number_its_unit_and_its_start(limit: Limit, written: dict[str, object]) -> None:
    assert limit.rule() == written


def test_a_limit_of_law_does_not_count_back() -> None:
    with pytest.raises(ValueError, match="not back"):
        calendar_days(-1, since="on", law=Law("order", "Order 3 Art. 6"))
