"""The moments of a simulated stage: in office hours, and never later than the story ends for what has begun by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from casework.demo.scripts import scripts
from casework.operations.core.national_holidays import china
from casework.playbook.driver import Player
from casework.playbook.operations_hand import OperationsHand
from casework.playbook.stage import Stage

CHINA = china(range(2025, 2030))
ZONE = ZoneInfo(CHINA.zone)


def _stage(end: datetime) -> Stage:
    # No action is done, so there is no need of a database.
    return Stage(Connection.__new__(Connection), CHINA, end, {}, end - timedelta(days=400))


@given(
    st.builds(datetime.combine, st.dates(date(2026, 1, 2), date(2028, 12, 31)), st.times(), st.just(UTC)),
    st.integers(-30, 300),
    st.integers(0, 300),
)
def test_an_action_is_on_a_day_that_is_worked_and_by_the_end_if_its_day_is(end: datetime, before: int, n: int) -> None:
    day, last = CHINA.local_date(end) - timedelta(days=before), CHINA.local_date(end)
    moment = _stage(end).at_work(day, n)
    told = moment.astimezone(ZONE).date()
    assert CHINA.is_working_day(told)
    assert 9 <= moment.astimezone(ZONE).hour < 17
    if moment > end:
        assert day > last or (day == last and CHINA.is_working_day(day))
    assert not any(CHINA.is_working_day(day + timedelta(days=n)) for n in range((told - day).days))


@pytest.mark.parametrize("hour", [0, 9, 23])
def test_on_every_day_of_two_years_every_script_has_begun(hour: int) -> None:
    """A demo that is made on a Sunday, or at the end of a long holiday, has all of its cases."""
    for day in range(730):
        end = datetime(2026, 1, 2, hour, 20, tzinfo=ZONE) + timedelta(days=day)
        stage = _stage(end)
        for n, script in enumerate(scripts(CHINA, end)):
            begins = Player(stage, script, n, OperationsHand(stage, {})).next_at()
            assert begins is not None
            assert begins <= end, f"{script.name} would begin only at {begins} where the story ends at {end}"
