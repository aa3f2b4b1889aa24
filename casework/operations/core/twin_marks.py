"""By what the twins of needs and technologies are found: kept with the record, in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.engine.analysis.twins import Told, bands_of, runs_by, told_by
from casework.engine.case_objects.kept_records import MERGED, NEED, TECHNOLOGY, UNMERGED
from casework.json_values import JsonMapping
from casework.ledger.redactable_bodies import Erased
from casework.operations.core.pending_searches import NEEDS, TWINS
from casework.records.database import run_ahead

#: The texts of a record by which its twins are found, the title first.
TEXTS: Mapping[str, tuple[str, ...]] = {NEED: ("title", "problem", "target"), TECHNOLOGY: ("title", "description")}

#: The texts of a technology that are put against needs besides.
_MEETS = ("problem", "advantage", "benefits")


def tells_otherwise(noun: str, before: JsonMapping, fields: Collection[str], kind: str) -> bool:
    """Whether a change makes of a record another one to compare: it is new, says other words, or stands for itself or no more."""
    return not before or kind in (MERGED, UNMERGED) or not set(fields).isdisjoint(TEXTS[noun])


def meets_otherwise(noun: str, fields: Collection[str]) -> bool:
    """Whether a change makes of a technology another one to put against needs, whatever its twins are."""
    return noun == TECHNOLOGY and not set(fields).isdisjoint(_MEETS)


def told_of(noun: str, record: Mapping[str, Any]) -> Told:
    """What a record tells, by its columns."""
    return told_by(*_words(noun, record))


def _words(noun: str, record: Mapping[str, Any]) -> list[str | None]:
    return [None if isinstance(record[name], Erased) else record[name] for name in TEXTS[noun]]


def keep_marks(db: Connection, noun: str, records: Mapping[str, JsonMapping]) -> None:
    """Keep the marks of some records as they stand now; their twins are looked for again."""
    if not records:
        return
    marks = [
        {"id": id, "programme": record["programme_id"], "bands": bands_of(runs_by(*_words(noun, record)))}
        for id, record in records.items()
        if record["merged_into"] is None
    ]
    gone = sorted(id for id, record in records.items() if record["merged_into"] is not None)
    if gone:
        db.execute(_DROP, {"ids": gone})
    if marks:
        run_ahead(db, _KEEP, (orjson.dumps(marks).decode(),))


def read_states(db: Connection, ids: Collection[str]) -> dict[str, int]:
    """How far the logs of some records have come: whoever has one that is no further has the record as it stands."""
    return {row.id: row.seq for row in db.execute(_STATES, {"ids": sorted(ids)})}


#: How far the logs of some records have come.
_STATES = text("SELECT id::text, seq FROM logs WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id")
#: Takes away the marks of records that were merged, and what was proposed of them.
_DROP = text("""
    WITH m AS (DELETE FROM twin_marks WHERE record_id = ANY(CAST(:ids AS uuid[])) RETURNING record_id, programme_id),
    s AS (DELETE FROM pending_searches s USING m WHERE s.programme_id = m.programme_id AND s.record_id = m.record_id)
    DELETE FROM twin_pairs WHERE NOT apart AND (one_id = ANY(CAST(:ids AS uuid[])) OR other_id = ANY(CAST(:ids AS uuid[])))
""")
#: Keeps the marks of some records, and that twins and needs of each are to be looked for.
_KEEP = f"""
    WITH kept AS (
        INSERT INTO twin_marks (record_id, programme_id, bands) SELECT id, programme, bands
        FROM jsonb_to_recordset(CAST($1 AS jsonb)) AS m(id uuid, programme uuid, bands int[])
        ON CONFLICT (record_id) DO UPDATE SET bands = excluded.bands RETURNING record_id, programme_id
    )
    INSERT INTO pending_searches (looks_for, programme_id, record_id)
    SELECT looks_for, programme_id, record_id FROM kept CROSS JOIN (VALUES ('{TWINS}'), ('{NEEDS}')) AS l(looks_for)
    ORDER BY 1, 2, 3 ON CONFLICT DO NOTHING
"""
