"""How a programme changes what it sets for itself: one after the other, as it was seen, and told in one event of its log.

What is written stands beside the event, which says all of it as it stands then.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass

import uuid_utils
from sqlalchemy import Connection, TextClause, text

from casework.engine.case_objects.letterheads import REASON
from casework.engine.execution.context import By
from casework.engine.execution.guards import line
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import InvalidForm, RecordHasMoved, Refused
from casework.json_values import JsonMapping
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_log import append
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.event_log import Log, lock_log
from casework.records.register_entries import body_of
from casework.records.row_security import whole


def told_last(db: Connection, programme: str, kinds: Collection[str]) -> int:
    """The number of the event that said last how something is set; 0 where none has."""
    with whole(db):
        return db.execute(_LAST, {"log": programme, "kinds": sorted(kinds)}).scalar() or 0


#: When something was done last in a log.
_LAST = text("SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds)")


def take_turn(db: Connection, programme: str, kinds: Collection[str], seen: int | None) -> Log:
    """The log of a programme, held. Raises RecordHasMoved where something was set after it was `seen`."""
    with whole(db):
        log = lock_log(db, programme)
    if seen not in (None, told_last(db, programme, kinds)):
        raise RecordHasMoved
    return log


def words_of(reason: str | None) -> dict[str, str]:
    """What the event says of why; nothing where nobody said it. Raises InvalidForm."""
    return {REASON: line(reason, REASON)} if reason and reason.strip() else {}


def tell(
    db: Connection,
    log: Log,
    by: By,
    kind: str,
    request: Request,
    *,
    effects: RegisterEffects | None = None,
    body: JsonMapping,
) -> int:
    """Write the event, and give its number."""
    with whole(db):
        event = log.next_event(kind, by.person, role=by.role, acting_for=by.acting_for, effects=effects, body=body)
        append(db, log, [event], request.key_hash)
    return event.seq


@dataclass(frozen=True, kw_only=True)
class OwnRow:
    """A table with one row for each programme that has set something."""

    table: str
    #: What is set of it.
    fields: tuple[str, ...]
    #: The event that says what stands there, and all that move it on.
    kind: str
    moved_by: tuple[str, ...]
    #: Why nothing is set that stands there already, and nothing else without a reason.
    same: Why
    say_why: Why


def set_row(
    db: Connection,
    actor: Actor,
    by: By,
    programme: str,
    row: OwnRow,
    *,
    values: JsonMapping,
    reason: str | None,
    request: Request,
    seen: int | None,
) -> Done:
    """Set what stands in a programme's row. What stood there before is changed with a reason.

    Raises RecordHasMoved where it was set after it was `seen`.
    """
    words = words_of(reason)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = take_turn(db, programme, row.moved_by, seen)
    with whole(db):
        before = db.execute(_row_of(row), {"programme": programme}).one_or_none()
    if before is not None:
        if all(before._mapping[name] == values[name] for name in row.fields):
            raise Refused(row.same)
        if not words:
            raise InvalidForm(fields={REASON: row.say_why})
    id = before.id if before is not None else str(uuid_utils.uuid7())
    db.execute(_keep(row), {"values": json.dumps({**values, "id": id, "programme_id": programme})})
    with whole(db):
        body = body_of(db, row.table, programme, [id]) | words
    return finish(
        db, actor, request, Done({"id": programme, "version": tell(db, log, by, row.kind, request, body=body)})
    )


def _row_of(row: OwnRow) -> TextClause:
    """The row of a programme."""
    return text(f"SELECT * FROM {row.table} WHERE programme_id = CAST(:programme AS uuid)")


def _keep(row: OwnRow) -> TextClause:
    """Writes the row of a programme, or writes it anew."""
    columns, sets = ", ".join(row.fields), ", ".join(f"{name} = excluded.{name}" for name in row.fields)
    return text(f"""
        INSERT INTO {row.table} (id, programme_id, {columns})
        SELECT id, programme_id, {columns} FROM jsonb_populate_record(NULL::{row.table}, CAST(:values AS jsonb))
        ON CONFLICT (programme_id) DO UPDATE SET {sets}
    """)


__all__ = ["OwnRow", "set_row", "take_turn", "tell", "told_last", "words_of"]
