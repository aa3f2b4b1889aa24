"""The verdicts of assessments that ended and were not replaced, in working days; and who signed without a valid statement."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from casework.engine.figures.assessments import assessments, working_days
from tests.engine.figures.pieces import CALENDAR, Told, counts, line, world


def assessed(number: str, verdict: str | None, *, begins: float = 0, ends: float = 7, **more: Any) -> Told:
    told = Told(number).track("t", "assessment").fire("admit", begins, on="t")
    issue = {"verified": "issue_pass", "verified_with_limits": "issue_limits", "not_verified": "issue_fail"}
    if verdict is not None:
        told.fire(issue.get(verdict, "withdraw"), ends, on="t", ended=verdict, **more)
    return told


def test_verdicts_are_among_those_that_ended_and_were_not_replaced() -> None:
    replaced = assessed("4", "replaced", replaced=True)
    figure = assessments(world(assessed("1", "verified"), assessed("2", "inconclusive"), assessed("3", None), replaced))
    assert counts(figure, what="verdict", verdict="verified") == (1, 2)
    assert counts(figure, what="verdict", verdict="inconclusive") == (1, 2)
    assert counts(figure, what="issued") == (1, 2)
    assert not [row for row in figure.rows if row.of.get("verdict") == "replaced"]


@pytest.mark.parametrize(
    ("begin", "end", "days"),
    [
        ((2026, 1, 5), (2026, 1, 5), 0),
        ((2026, 1, 5), (2026, 1, 6), 1),
        ((2026, 1, 9), (2026, 1, 12), 1),
        ((2026, 1, 5), (2026, 1, 19), 10),
    ],
)
def test_working_days_are_those_after_the_first_up_to_the_last(
    begin: tuple[int, int, int], end: tuple[int, int, int], days: int
) -> None:
    assert working_days(CALENDAR, date(*begin), date(*end)) == days


def test_the_median_is_of_those_that_were_issued() -> None:
    told = [assessed(str(n), "verified", ends=n) for n in (1, 2, 3, 4, 7)]
    row = line(assessments(world(*told, assessed("9", "withdrawn"))), what="issued")
    assert (row.median, row.p90) == (Decimal("3.0"), Decimal(5))


@pytest.mark.parametrize(
    ("verdict", "issued", "until", "valid"),
    [
        ("verified", "2026-01-06", "2026-12-31", True),
        ("verified", "2026-01-06", "2026-01-09", False),
        ("verified_with_limits", "2026-01-06", "2026-01-10", True),
        ("not_verified", "2026-01-06", "2026-12-31", False),
        ("verified", "2026-01-11", "2026-12-31", False),
    ],
)
def test_a_signed_case_had_a_statement_that_was_valid_on_the_day(
    verdict: str, issued: str, until: str, valid: bool
) -> None:
    statement: dict[str, Any] = {
        "technology": None,
        "number": "S",
        "verdict": verdict,
        "issued_on": issued,
        "valid_until": until,
        "values": [],
    }
    told = Told("1").track("t", "assessment").fire("issue_pass", 1, on="t", statement=statement).fire("sign", 5)
    assert counts(assessments(world(told)), what="signed_with_statement") == (valid, 1)


def test_waivers_are_by_their_reason() -> None:
    told = [Told(str(n)).fire("skip_assessment", data={"reason": reason}) for n, reason in enumerate("aab")]
    figure = assessments(world(*told, Told("9")))
    assert counts(figure, what="waived", reason="a") == (2, 3)
    assert counts(figure, what="waived", reason="b") == (1, 3)
