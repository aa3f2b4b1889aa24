"""A case's records of its effect with what each saves, and what assessors have stated of its technology. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.analysis.impacts import baseline_of, counted, saving
from casework.engine.case_objects.programme_lists import Entry
from casework.engine.state.case import Case
from casework.engine.state.impact_values import VerifiedValue
from casework.json_values import JsonObject
from casework.ledger.canonical_json import instant
from casework.operations.core.merged_records import one_with
from casework.operations.core.programme_lists import items_named
from casework.operations.core.views import Named, row_as, to_named


@dataclass(frozen=True, kw_only=True, slots=True)
class ImpactView:
    """A record of the effect: a baseline, or a value after it with what that saves."""

    id: str
    #: Of the event that says it.
    seq: int
    recorded_at: str
    measure: str
    #: What the programme's list calls it.
    called: str
    called_zh: str | None
    indicator: str
    unit: str
    #: baseline, claimed, measured or verified.
    level: str
    #: Decimals.
    value: str
    from_on: str
    to_on: str
    method: str | None
    uncertainty: str | None
    factor: str | None
    factor_source: str | None
    conditions: str | None
    #: The record that it is compared with, as that stands now, and what it saves against it; negative where it costs more.
    baseline: str | None
    baseline_value: str | None
    saving: str | None
    #: Ids of documents.
    evidence: list[str]
    by: Named | None
    number: str | None
    #: No other record has taken its place.
    stands: bool
    #: It adds up: no record of a higher level covers its days.
    counts: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class StatementView:
    """What an assessor has stated of a technology."""

    number: str
    #: verified or verified_with_limits.
    verdict: str
    issued_on: str
    valid_until: str
    values: list[VerifiedValue]
    #: The number of the case, where the reader may know it.
    case: str | None


def show_impacts(db: Connection, case: Case, names: Mapping[str, str]) -> list[ImpactView]:
    """In the order in which they were recorded; what was replaced stays among them."""
    measures = (record.measure for record in case.impacts.values())
    return impacts_of(case, names, items_named(db, case.programme, measures))


def impacts_of(case: Case, names: Mapping[str, str], listed: Mapping[str, Entry]) -> list[ImpactView]:
    """The same where it is known what the programme's lists call the indicators."""
    counting = {record.id for record in counted(case.impacts.values())}
    shown = []
    for record in case.impacts.values():
        baseline = baseline_of(case.impacts, record)
        shown.append(
            row_as(
                ImpactView,
                record,
                **called(record.measure, listed),
                recorded_at=instant(record.recorded_at),
                baseline=baseline.id if baseline else None,
                baseline_value=baseline.value if baseline else None,
                saving=str(saving(baseline, record)) if baseline else None,
                evidence=list(record.evidence),
                by=to_named(record.by, names),
                counts=record.id in counting,
            )
        )
    return shown


def called(measure: str, listed: Mapping[str, Entry]) -> dict[str, str | None]:
    """What an indicator is called in both languages."""
    entry = listed.get(measure)
    return {"called": entry.label if entry else measure, "called_zh": entry.label_zh if entry else None}


#: A column of what was stated of a `:technology`, in whatever case, for somebody of a `:programme`: the newest first, those that were
#: replaced left out. Of a case of another programme not even the number is told.
STATEMENTS = f"""
    (SELECT jsonb_agg(jsonb_build_object('number', s.number, 'verdict', s.verdict, 'issued_on', s.issued_on,
        'valid_until', s.valid_until, 'values', s.values, 'case', c.number) ORDER BY s.recorded_at DESC, s.id)
    FROM statements s LEFT JOIN cases c ON c.id = s.log_id AND c.programme_id = CAST(:programme AS uuid)
    WHERE s.technology_id IN {one_with("technologies", "CAST(:technology AS uuid)")} AND s.replaced_by IS NULL) AS statements
"""


def statements_in(column: list[JsonObject] | None) -> list[StatementView]:
    """What such a column says."""
    return [StatementView(**row) for row in column or ()]


def statements_of(db: Connection, technology: str, programme: str) -> list[StatementView]:
    """What was stated of a technology, as far as the reader may know it."""
    given = {"technology": technology, "programme": programme}
    return statements_in(db.execute(text(f"SELECT {STATEMENTS}"), given).scalar_one())
