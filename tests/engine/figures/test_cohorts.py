"""A report is of all cases, of a phase, or of a period of opening, and of nothing else."""

from __future__ import annotations

import pytest

from casework.engine.figures.cohorts import is_cohort, is_told_outside


@pytest.mark.parametrize(
    ("among", "cohort", "outside"),
    [
        ({}, True, True),
        ({"phase": "p"}, True, True),
        ({"opened_from": "2026-01-01"}, True, False),
        ({"opened_from": "9999-12-31"}, True, False),
        ({"opened_from": "2026-01-01", "opened_to": "2026-01-01"}, True, False),
        ({"opened_from": "2026-01-02", "opened_to": "2026-01-01"}, False, False),
        ({"phase": "p", "opened_to": "2026-01-01"}, False, False),
        ({"sector": "steel"}, False, False),
    ],
)
def test_a_phase_and_all_cases_are_told_outside(among: dict[str, str], cohort: bool, outside: bool) -> None:
    assert (is_cohort(among), is_told_outside(among)) == (cohort, outside)
