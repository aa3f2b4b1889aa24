"""How a need stands is decided by its cases, and by nothing that depends on their order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.need_status import BY_CASES, IN_VAIN, RUNS, SUCCEEDED, stands_by, went

WENT = st.sampled_from([RUNS, SUCCEEDED, IN_VAIN])


@pytest.mark.parametrize(
    ("cases", "stands"),
    [
        ([], "published"),
        ([RUNS], "matched"),
        ([IN_VAIN], "published"),
        ([SUCCEEDED], "met"),
        ([IN_VAIN, RUNS], "matched"),
        ([RUNS, SUCCEEDED], "met"),
        ([IN_VAIN, SUCCEEDED], "met"),
    ],
)
@pytest.mark.parametrize("said", BY_CASES)
def test_a_need_stands_as_its_cases_tell_however_it_stood(said: str, cases: list[str], stands: str) -> None:
    assert stands_by(said, cases) == stands


@given(st.sampled_from(["draft", "submitted", "expired", "withdrawn"]), st.lists(WENT))
def test_what_people_say_of_a_need_no_case_changes(said: str, cases: list[str]) -> None:
    assert stands_by(said, cases) == said


@given(st.sampled_from(BY_CASES), st.lists(WENT))
def test_neither_the_order_nor_how_often_it_is_decided_matters(said: str, cases: list[str]) -> None:
    once = stands_by(said, cases)
    assert stands_by(once, reversed(cases)) == stands_by(said, [*cases, *cases]) == once


@pytest.mark.parametrize(
    ("closed", "outcome", "how"),
    [
        (False, None, RUNS),
        # What is proposed while it runs is no end.
        (False, "deployed", RUNS),
        (True, "deployed", SUCCEEDED),
        (True, "dormant", IN_VAIN),
        (True, None, IN_VAIN),
    ],
)
def test_a_case_runs_until_it_is_closed_and_then_its_outcome_tells(closed: bool, outcome: str | None, how: str) -> None:
    assert went(closed=closed, outcome=outcome, successes=("deployed",)) == how
