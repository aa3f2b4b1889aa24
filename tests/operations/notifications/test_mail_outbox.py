"""How long what could not be sent rests, and when it is given up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from casework.operations.notifications import mail_outbox

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("tried", "age", "rest"),
    [
        (0, SECOND, 10 * SECOND),
        (1, SECOND, 20 * SECOND),
        (7, DAY, 1280 * SECOND),
        (8, DAY, 1800 * SECOND),
        (5000, 3 * DAY, 1800 * SECOND),
        (0, 3 * DAY + SECOND, None),
    ],
)
def test_a_mail_rests_twice_as_long_each_time_and_is_given_up_after_three_days(
    tried: int, age: timedelta, rest: timedelta | None
) -> None:
    assert mail_outbox.rest_after(10)(tried, age) == rest
