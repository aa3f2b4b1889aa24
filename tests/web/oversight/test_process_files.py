"""How cases ran as rows of a file: what is told of each kind of row, exact, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from typing import Any

from flask import Flask

from casework.engine.mining.conformance import NOT_FROM_THERE, Conformance, Deviation
from casework.engine.mining.waits import Work
from casework.engine.mining.ways import Arc, Variant
from casework.web.oversight.process_files import COLUMNS, head, lines
from tests.web.oversight.test_process_tables import case_edition, here, process

MINUTES = {"waiting": 60, "in_hand": 30, "resting": 0}


def told(app: Flask, longest: int | None = None, **more: Any) -> list[dict[str, str]]:
    """What each row has, by column, without what all rows have and what is empty."""
    with app.test_request_context("/process"):
        rows = [dict(zip(COLUMNS, line, strict=True)) for line in lines(process(**more), longest)]
        assert len(head()) == len(COLUMNS)
    assert {row.pop("at") for row in rows} == {"2026-01-05T00:00:00.000000Z"}
    return [{column: words for column, words in row.items() if words} for row in rows]


def test_each_kind_of_row_has_its_numbers(app: Flask) -> None:
    state, task, way, arc, wrong = told(
        app,
        places=(here("triage", count=3, median=90, total=300, dated=2, overdue=1, minutes=MINUTES),),
        works=(Work(workflow="case", name="triage", count=4, minutes=MINUTES),),
        variants=(Variant(("take",), ("BJ-1", "BJ-2"), Fraction(1), timedelta(hours=2)),),
        arcs=(Arc("take", "unheard_of", 3, None),),
        conformance=(Conformance("BJ-1", 3, (Deviation(7, "case", "take", NOT_FROM_THERE),)),),
    )
    assert state.pop("workflow").startswith("Case, edition")
    minutes = {"waiting": "60", "in_hand": "30", "resting": "0"}
    numbers = {"count": "3", "now": "0", "working_median": "90", "total": "300", "dated": "2", "overdue": "1"}
    assert state == {"part": "Time in each state", "what": "Triage", **numbers, **minutes}
    assert (task["what"], task["count"], task["waiting"]) == ("Complete the triage", "4", "60")
    take = case_edition().text("transitions.take.do")
    assert way == {
        "part": "Ways that cases went",
        "what": take,
        "count": "2",
        "median": "120",
        "cases": "BJ-1 BJ-2",
    }
    assert arc == {"part": "What followed what", "what": f"{take} → unheard of", "count": "3"}
    assert wrong["what"] == f"{take}: the action does not lead out of where the case stood"
    assert wrong["cases"] == "BJ-1"


def test_cases_that_no_cell_holds_are_counted(app: Flask) -> None:
    cases = tuple(f"BJ-2026-{n:04}" for n in range(100))
    (way,) = told(app, 300, variants=(Variant((), cases, Fraction(1), None),))
    assert len(way["cases"]) <= 300
    assert way["cases"].endswith(" more")
