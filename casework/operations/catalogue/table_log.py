"""What the log of a programme tells of the tables that were brought in: by whom, when, from which file, and what came of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, TextClause, text

from casework.engine.case_objects.kept_records import IMPORTED
from casework.engine.case_objects.organisations import EDITORS
from casework.engine.execution.context import By
from casework.engine.state.events import RegisterEvent
from casework.errors import NotAllowed, NotFound
from casework.json_values import JsonObject
from casework.ledger.redactable_bodies import Erased
from casework.operations.catalogue.table_schemas import Table
from casework.operations.core.organisations import KNOWN
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import called
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.permissions.work import in_the_programme
from casework.records.event_log import lock_log, register_event_of
from casework.records.row_security import whole

#: So many are listed, the newest first.
LISTED = 20


class Counted(Protocol):
    """What came of a table."""

    created: int
    changed: int
    records: list[JsonObject]


@dataclass(frozen=True, slots=True)
class Brought:
    """A table that was brought in."""

    seq: int
    at: datetime
    who: str
    #: Its file and where it stood; None where that was erased.
    file: str | None
    source: str | None
    #: Its first row and its last.
    span: tuple[int, int]
    created: int
    changed: int
    records: Sequence[str]


def note_table(
    db: Connection,
    by: By,
    programme: str,
    table: Table,
    came: Counted,
    *,
    span: tuple[int, int],
    name: str,
    source: str,
    key: str,
) -> int:
    """Tell of a table in the log of its programme; gives the number of the entry. `span` is its first row and its last."""
    with whole(db):
        log = lock_log(db, programme)
        event = log.next_event(
            IMPORTED,
            by.person,
            role=by.role,
            acting_for=by.acting_for,
            effects={
                "kind": table,
                "file": hashlib.sha256(name.encode()).hexdigest(),
                "first_row": span[0],
                "last_row": span[1],
                "created": came.created,
                "updated": came.changed,
                "nested": 0,
                "records": 0,
                "brought": list(dict.fromkeys(str(one["id"]) for one in came.records)),
            },
            body={"file": name, "source": source},
        )
        append(db, log, [event], key)
    return event.seq


def insist_brings(actor: Actor, programme: str) -> By:
    """In which capacity somebody brings tables in. Raises NotFound for whoever knows nothing of the programme, and NotAllowed."""
    if programme not in reach(actor).all_of:
        raise NotFound("programme")
    by = in_the_programme(actor, programme, EDITORS)
    if by is None:
        raise NotAllowed()
    return by


def list_tables(db: Connection, actor: Actor, programme: str, table: Table) -> list[Brought]:
    """The last tables of a kind, the newest first. Raises NotFound and NotAllowed."""
    insist_brings(actor, programme)
    return _read(db, {"programme": programme, "table": table, "seq": None, "most": LISTED})


def show_table(db: Connection, actor: Actor, programme: str, table: Table, seq: int) -> Brought:
    """One of them by the number of its entry. Raises NotFound and NotAllowed."""
    insist_brings(actor, programme)
    found = _read(db, {"programme": programme, "table": table, "seq": seq, "most": 1})
    if not found:
        raise NotFound("entry")
    return found[0]


def names_of_brought(db: Connection, actor: Actor, table: Table, records: Sequence[str]) -> list[Any]:
    """What those of them are called that the actor reads: rights by kind, office and number, organisations by name."""
    seen = sorted(reach(actor).all_of)
    return list(db.execute(_BROUGHT[table], {"ids": list(records), "seen": seen}))


def _read(db: Connection, given: dict[str, Any]) -> list[Brought]:
    with whole(db):
        events = [register_event_of(row.header, row.effects, row.body) for row in db.execute(_TABLES, given)]
    names = names_of(db, {event.actor for event in events})
    return [_brought(event, names.get(event.actor, "")) for event in events]


def _brought(event: RegisterEvent, who: str) -> Brought:
    came = event.effects
    return Brought(
        seq=event.seq,
        at=event.at,
        who=who,
        file=_kept(event.body["file"]),
        source=_kept(event.body["source"]),
        span=(came["first_row"], came["last_row"]),
        created=came["created"],
        changed=came["updated"],
        records=came["brought"],
    )


def _kept(words: Any) -> str | None:
    return None if isinstance(words, Erased) else str(words)


#: By table what its records are called.
_BROUGHT: Mapping[Table, TextClause] = {
    "rights": text("""
        SELECT x.id, x.kind, x.office, coalesce(x.number, x.application_number) AS number FROM rights x
        WHERE x.id = ANY(CAST(:ids AS uuid[])) AND x.programme_id = ANY(CAST(:seen AS uuid[])) ORDER BY number, x.id
    """),
    "organisations": text(f"""
        SELECT o.id, {called("o")} AS name FROM organisations o WHERE o.id = ANY(CAST(:ids AS uuid[])) AND {KNOWN} ORDER BY 2, o.id
    """),
}
#: Tables of a kind that a programme's log tells of.
_TABLES = text("""
    SELECT header, effects, body FROM events WHERE log_id = CAST(:programme AS uuid) AND kind = 'imported'
    AND effects->>'kind' = :table AND (CAST(:seq AS bigint) IS NULL OR seq = :seq) ORDER BY seq DESC LIMIT :most
""")
