"""A record of an effect comes back from its row as it went in, column by column."""

from __future__ import annotations

from dataclasses import replace

from casework.engine.state.impacts import TechnologyStatement
from casework.records.case_loader import _statement, impact_of
from casework.records.impact_rows import impact_row, statement_row
from casework.records.tables import metadata
from tests.engine.pieces import NOW, case
from tests.workflows.test_impact_guards import HOW, record


def test_a_record_comes_back_as_it_went_in() -> None:
    one = replace(
        record("verified", evidence=("paper",), by="lab", number="MV-1", baseline="b", **HOW), recorded_at=NOW
    )
    row = impact_row(case(), one, 1)
    assert set(row) == {column.name for column in metadata.tables["impacts"].columns}
    assert impact_of(row) == one


def test_a_statement_comes_back_as_it_went_in() -> None:
    one = TechnologyStatement(
        "id",
        3,
        NOW,
        "track",
        "t",
        "VS-1",
        "verified",
        "2026-01-01",
        "2028-01-01",
        ({"parameter": "Efficiency", "value": "94", "unit": "%"},),
    )
    row = statement_row(case(), one, 1)
    assert set(row) == {column.name for column in metadata.tables["statements"].columns}
    assert _statement(row) == one
