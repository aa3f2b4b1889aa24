"""What is still to be looked for of records that changed: noted with the record's marks, and looked for by jobs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final, Literal, TypeAlias

from sqlalchemy import Connection, text

#: What is looked for of a record that changed: its twins, and the needs that a technology may meet.
LooksFor: TypeAlias = Literal["twins", "needs"]
TWINS: Final = "twins"
NEEDS: Final = "needs"


def note_pending(db: Connection, looks_for: LooksFor, records: Mapping[str, str]) -> None:
    """Say that something is to be looked for of some records, each with its programme."""
    if records:
        ids = sorted(records)
        db.execute(_NOTE, {"looks_for": looks_for, "ids": ids, "programmes": [records[id] for id in ids]})


def list_pending(db: Connection, looks_for: LooksFor) -> list[str]:
    """The programmes with records of which this was not looked for since they changed."""
    return list(db.execute(_WAITING, {"looks_for": looks_for}).scalars())


def first_pending(db: Connection, looks_for: LooksFor, programme: str, *, most: int) -> list[str]:
    """The first such records of a programme, in the order of their ids."""
    given = {"looks_for": looks_for, "programme": programme, "most": most}
    return list(db.execute(_TAKE, given).scalars())


def end_pending(db: Connection, looks_for: LooksFor, programme: str, ids: Collection[str] | None) -> int:
    """Say that it was looked for of some records of a programme, or of all; gives of how many."""
    given = {"looks_for": looks_for, "programme": programme}
    if ids is None:
        return db.execute(_ALL_DONE, given).rowcount
    return db.execute(_DONE, {**given, "ids": sorted(ids)}).rowcount


#: Notes records of which something is to be looked for.
_NOTE = text("""
    INSERT INTO pending_searches (looks_for, programme_id, record_id)
    SELECT :looks_for, r.programme, r.id FROM unnest(CAST(:programmes AS uuid[]), CAST(:ids AS uuid[])) r(programme, id)
    ORDER BY 2, 3 ON CONFLICT DO NOTHING
""")
#: The programmes with records of which something is to be looked for.
_WAITING = text("""
    SELECT p.id::text FROM programmes p
    WHERE EXISTS (SELECT FROM pending_searches s WHERE s.looks_for = :looks_for AND s.programme_id = p.id) ORDER BY p.id
""")
#: The first of a programme's records; by the column's own order, which its index has.
_TAKE = text("""
    SELECT s.record_id::text FROM pending_searches s
    WHERE s.looks_for = :looks_for AND s.programme_id = CAST(:programme AS uuid)
    ORDER BY s.record_id LIMIT :most
""")
#: Takes all records of a programme away.
_ALL_DONE = text(
    "DELETE FROM pending_searches WHERE looks_for = :looks_for AND programme_id = CAST(:programme AS uuid)"
)
#: Takes some of them away.
_DONE = text(f"{_ALL_DONE.text} AND record_id = ANY(CAST(:ids AS uuid[]))")
