"""What the lines of a ledger say adds up to what the clock was given."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from casework.web.deadlines.presenter import days_by_line

DAY = 24 * 60


@given(some.lists(some.integers(0, 400 * DAY), max_size=9), some.integers(0, 400))
def test_the_days_of_the_lines_are_the_days_in_all(minutes: list[int], days: int) -> None:
    shown = days_by_line(minutes, days)
    assert len(shown) == len(minutes)
    assert min(shown, default=0) >= 0
    assert sum(shown) == (days if sum(minutes) else 0)
    assert all(count == 0 for count, length in zip(shown, minutes, strict=True) if length == 0)


def test_a_limit_that_begins_after_hours_has_all_its_days() -> None:
    # From the evening on nothing counts until midnight; the last day ends at the close of business.
    assert days_by_line([0, 59 * DAY + 17 * 60], 60) == [0, 60]
    assert days_by_line([10 * DAY, 0, 49 * DAY + 17 * 60], 60) == [10, 0, 50]
