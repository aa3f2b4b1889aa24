"""Whether a need or a technology is in use: what its status and its last day say together, and what may be said of it next."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.record_use import ENDED, against_ending, against_return, ended_as

TODAY = "2026-11-29"
days = st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(date.isoformat)


@pytest.mark.parametrize(
    ("status", "last", "how"),
    [
        ("published", None, None),
        ("published", TODAY, None),
        ("published", "2026-11-28", "expired"),
        # While a case runs for it, or ran well, no day says that it expired.
        ("matched", "2026-11-28", None),
        ("met", "2026-11-28", None),
        ("expired", None, "expired"),
        ("withdrawn", None, "withdrawn"),
        ("withdrawn", "2026-11-28", "withdrawn"),
        ("expired", "2027-01-01", "expired"),
    ],
)
def test_what_is_said_counts_before_the_last_day(status: str, last: str | None, how: str | None) -> None:
    assert ended_as({"status": status, "valid_until": last}, TODAY) == how
    if last is None:
        assert ended_as({"status": status}, TODAY) == how


@given(st.sampled_from(["published", "met", *ENDED]), st.none() | days, st.none() | days)
def test_whatever_may_be_brought_back_is_in_use_then_and_nothing_else_may(
    status: str, last: str | None, new: str | None
) -> None:
    record = {"status": status, "valid_until": last}
    after = {"status": "published", "valid_until": new or last}
    faults = against_return(record, new, TODAY)
    if ended_as(record, TODAY) is None:
        assert faults.keys() == {"reason"}
    else:
        assert (ended_as(after, TODAY) is None) == (not faults)


@given(st.sampled_from(["published", "met", *ENDED]), st.sampled_from(["published", "met", "gone", *ENDED]))
def test_it_ends_once_until_it_is_brought_back(status: str, said: str) -> None:
    assert (not against_ending({"status": status}, said)) == (said in ENDED and status not in ENDED)
