"""What came of a need or a technology: its cases as far as the reader sees them, and what they save. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, TextClause, text

from casework.engine.analysis.impacts import baseline_of, counted, expected, saving
from casework.engine.case_objects.programme_lists import Entry, Lists
from casework.engine.definition.list_names import CATALOGUES
from casework.engine.state.impact_values import LEVELS, MEASURED, MORE_IS_BETTER, VERIFIED
from casework.engine.state.impacts import Impact
from casework.ledger.canonical_json import instant
from casework.operations.cases.impacts import called
from casework.operations.core.merged_records import OF_CASES, one_with
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import TABLES, Kept
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import BOUND, reach_values, reads_case, shows_need
from casework.records.case_loader import impact_of

#: So many cases are told of a record, the newest first.
MOST = 50
#: As which a case is closed whose deployment an assessor has verified.
DEPLOYED_VERIFIED = "deployed_verified"
#: How many sites have deployed a technology `t` with an effect that was verified, in cases that are closed.
DEPLOYED = f"""
    (SELECT count(*) FROM cases c WHERE c.technology_id IN (SELECT w.id FROM technologies w WHERE t.id IN (w.id, w.merged_into))
    AND c.programme_id = t.programme_id AND c.closed_at IS NOT NULL AND c.outcome = '{DEPLOYED_VERIFIED}')
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Saved:
    """What a case saves of one measure, by the records of the highest level that there are."""

    measure: str
    #: What the programme's list calls it.
    called: str
    called_zh: str | None
    unit: str
    #: claimed, measured or verified.
    level: str
    #: In per cent of what would have been without it, as decimals; negative where it is worse.
    percent: str
    #: What is saved is what it gives more.
    more_is_better: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseOutcome:
    """A case of a need or a technology, and what it came to."""

    number: str
    #: The technology of a need, the need of a technology.
    other: str | None
    other_title: str | None
    #: Of its main track.
    state: str
    #: As it is decided, or, of a case that runs, proposed.
    outcome: str | None
    opened_at: str
    closed_at: str | None
    #: The need's district, and the year since which it is measured what is saved there.
    district: str | None
    year: int | None
    saved: list[Saved]


def _cases(noun: Kept, other: str) -> TextClause:
    """The cases of a record, and of those that are one with it, that the asker reads: the newest first."""
    return text(f"""
        SELECT c.id::text AS case, c.number, {other}.id::text AS other, {entitled(other)} AS other_title, c.state, c.outcome, c.opened_at,
            c.closed_at, n.district, (
                SELECT CAST(extract(year FROM min(i.from_on)) AS integer) FROM impacts i
                WHERE i.log_id = c.id AND i.level = ANY(CAST(:seen AS text[]))
            ) AS year
        FROM cases c {OF_CASES}
        WHERE c.{noun}_id IN {one_with(TABLES[noun], "CAST(:id AS uuid)")} AND {reads_case("c", BOUND)}
        AND (n.id IS NULL OR {shows_need("n")})
        AND (CAST(:at AS timestamptz) IS NULL OR (c.opened_at, c.id) < (CAST(:at AS timestamptz), CAST(:after AS uuid)))
        ORDER BY c.opened_at DESC, c.id DESC LIMIT :most
    """)


_CASES: Mapping[Kept, TextClause] = {"need": _cases("need", "t"), "technology": _cases("technology", "n")}
#: The records of the effect of some cases.
_IMPACTS = text("""
    SELECT i.log_id::text AS case, to_jsonb(i) AS told FROM impacts i WHERE i.log_id = ANY(CAST(:cases AS uuid[]))
    ORDER BY i.log_id, i.position, i.id
""")


def outcomes_of(db: Connection, actor: Actor, noun: Kept, id: str, lists: Lists) -> list[CaseOutcome]:
    """What came of a record, case by case as far as the actor reads them, the newest first; `lists` are those of its programme."""
    return list_outcomes(db, actor, noun, id, lists, limit=MOST).items


def list_outcomes(
    db: Connection,
    actor: Actor,
    noun: Kept,
    id: str,
    lists: Lists,
    *,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[CaseOutcome]:
    """The same, part by part."""
    most = insist_limit(limit)
    asking = reach_values(reach(actor)) | {"closed_of": sorted(closed_of(actor)), "at": None, "after": None}
    if keys := from_cursor(cursor, 2):
        asking |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    given = asking | {"id": id, "most": most + 1, "seen": [MEASURED, VERIFIED]}
    rows, following = page(db.execute(_CASES[noun], given).all(), most, lambda row: (row.opened_at, row.case))
    effects = effects_of(db, [row.case for row in rows], lists)
    outcomes = [
        CaseOutcome(
            number=row.number,
            other=row.other,
            other_title=row.other_title,
            state=row.state,
            outcome=row.outcome,
            opened_at=instant(row.opened_at),
            closed_at=row.closed_at and instant(row.closed_at),
            district=row.district,
            year=row.year,
            saved=effects.get(row.case, []),
        )
        for row in rows
    ]
    return Page(items=outcomes, next=following)


def effects_of(db: Connection, cases: Collection[str], lists: Lists) -> dict[str, list[Saved]]:
    """What each of some cases saves, by measure."""
    impacts: dict[str, list[Impact]] = {}
    for row in db.execute(_IMPACTS, {"cases": list(cases)}):
        impacts.setdefault(row.case, []).append(impact_of(_told(row.told)))
    listed = {entry.key: entry for name in sorted(CATALOGUES) for entry in lists[name]} if impacts else {}
    return {case: list(saved_by(several, listed)) for case, several in impacts.items()}


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "evidence": row["evidence"] or []}


def saved_by(impacts: Iterable[Impact], listed: Mapping[str, Entry]) -> Iterable[Saved]:
    """What records of an effect come to: of each measure those of the highest level, which are never added to others."""
    known = {one.id: one for one in impacts}
    by_measure: dict[str, list[Impact]] = {}
    for record in counted(known.values()):
        if baseline_of(known, record) is not None:
            by_measure.setdefault(record.measure, []).append(record)
    for measure, records in sorted(by_measure.items()):
        level = max((one.level for one in records), key=LEVELS.index)
        less = without = Decimal(0)
        for record in records:
            baseline = baseline_of(known, record)
            if record.level == level and baseline is not None:
                less += saving(baseline, record)
                without += expected(baseline, record)
        if without:
            percent = (100 * less / without).quantize(Decimal("0.1"))
            names = called(measure, listed)
            yield Saved(
                measure=measure,
                called=names["called"] or measure,
                called_zh=names["called_zh"],
                unit=records[0].unit,
                level=level,
                percent=format(percent, "f"),
                more_is_better=records[0].indicator in MORE_IS_BETTER,
            )
