"""A calendar in a form: what is shown is what is read, and what is wrong is named at its field and line."""

from __future__ import annotations

import pytest

from casework.errors import InvalidForm
from casework.operations.core.national_holidays import china
from casework.operations.deadlines.calendar_text import read_calendar, write_days, write_slots


def test_what_a_form_shows_is_what_it_reads() -> None:
    calendar = china([2026])
    hours = {weekday: write_slots(calendar, weekday) for weekday in range(7)}
    again = read_calendar(
        calendar.name,
        calendar.version,
        zone=calendar.zone,
        hours=hours,
        holidays=write_days(calendar.holidays, calendar.names),
        make_up=write_days(calendar.make_up, calendar.names),
    )
    assert (again.slots, again.holidays, again.make_up) == (calendar.slots, calendar.holidays, calendar.make_up)
    assert again.names == calendar.names
    assert again.digest == calendar.digest


@pytest.mark.parametrize(
    ("change", "field", "why"),
    [
        ({"hours": {0: "9 to 5"}}, "hours_0", "is not like 09:00-17:00"),
        ({"hours": {0: "25:00-26:00"}}, "hours_0", "is no time of the day"),
        ({"hours": {0: "09:00-12:00, 11:00-13:00"}}, "hours_0", "not in order"),
        ({"hours": {0: ""}}, "hours_0", "some day people must work"),
        ({"zone": "Mars/Olympus"}, "zone", "is no time zone"),
        ({"holidays": "2026-05-01\n2026-13-01 X"}, "holidays", "line 2: “2026-13-01” is no day"),
        ({"holidays": "9999-01-01"}, "holidays", "line 1: the year 9999"),
        ({"make_up": "2026-05-01", "holidays": "2026-05-01"}, "make_up", "is a holiday too"),
    ],
)
def test_a_form_says_what_is_wrong_and_where(change: dict[str, object], field: str, why: str) -> None:
    typed: dict[str, object] = {"zone": "Asia/Shanghai", "hours": {0: "09:00-17:00"}, "holidays": "", "make_up": ""}
    with pytest.raises(InvalidForm) as refused:
        read_calendar("any", 1, **(typed | change))  # type: ignore[arg-type]  # what a form may send, wrong on purpose
    assert why in str(refused.value.fields[field])
