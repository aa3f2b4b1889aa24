"""The rows of a case's effect, and of what was stated of its technology."""

from __future__ import annotations

from typing import Any

from casework.engine.state.case import Case
from casework.engine.state.impacts import Impact, TechnologyStatement
from casework.records.write_statements import time_of


def impact_row(case: Case, impact: Impact, position: int) -> dict[str, Any]:
    return {
        "id": impact.id,
        "log_id": case.log,
        "track_id": impact.track,
        "seq": impact.seq,
        "recorded_at": time_of(impact.recorded_at),
        "measure": impact.measure,
        "indicator": impact.indicator,
        "unit": impact.unit,
        "level": impact.level,
        "value": impact.value,
        "from_on": impact.from_on,
        "to_on": impact.to_on,
        "method": impact.method,
        "uncertainty": impact.uncertainty,
        "factor": impact.factor,
        "factor_source": impact.factor_source,
        "conditions": impact.conditions,
        "baseline_id": impact.baseline,
        "evidence": list(impact.evidence),
        "by_id": impact.by,
        "number": impact.number,
        "replaced_by": impact.replaced_by,
        "position": position,
    }


def statement_row(case: Case, statement: TechnologyStatement, position: int) -> dict[str, Any]:
    return {
        "id": statement.id,
        "log_id": case.log,
        "track_id": statement.track,
        "technology_id": statement.technology,
        "seq": statement.seq,
        "recorded_at": time_of(statement.recorded_at),
        "number": statement.number,
        "verdict": statement.verdict,
        "issued_on": statement.issued_on,
        "valid_until": statement.valid_until,
        "values": [dict(value) for value in statement.values],
        "replaced_by": statement.replaced_by,
        "position": position,
    }
