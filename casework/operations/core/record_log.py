"""Writes needs and technologies, and nothing else does: the event in the record's own log first, then the row after it.

A record that is changed is locked and read, its log is folded, and where the two differ nothing is written: what somebody
changed behind our backs is not made good by the next action. Locked after the programme; who needs a case as well has it before both.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import orjson
from sqlalchemy import Connection

from casework import reasons
from casework.engine.case_objects.kept_records import (
    EXTERNAL_ID,
    FIELDS,
    NEED,
    RECORDED,
    SOURCE,
    TECHNOLOGY,
    body_of,
    evolve,
    fold,
)
from casework.engine.execution.context import By
from casework.engine.state.register_effects import RegisterEffects
from casework.errors import NotAllowed, Refused
from casework.json_values import JsonMapping, JsonObject
from casework.ledger.redactable_bodies import Erased
from casework.operations.core.catalogue_index import follow_new, follow_records
from casework.operations.core.pending_searches import NEEDS, note_pending
from casework.operations.core.register_log import append_each
from casework.operations.core.twin_marks import keep_marks, meets_otherwise, tells_otherwise
from casework.records.database import run_ahead
from casework.records.event_log import Log, lock_log, lock_logs, new_log, read_logs, read_register, register_event_of
from casework.records.register_entries import rows_as_told
from casework.records.row_security import whole
from casework.records.tables import metadata

Kept = Literal["need", "technology"]
TABLES: Mapping[str, str] = {NEED: "needs", TECHNOLOGY: "technologies"}


@dataclass(frozen=True, slots=True)
class Standing:
    """A record under its lock, as its log tells it, and the columns in which its row says something else."""

    noun: Kept
    log: Log
    state: JsonMapping = field(default_factory=dict)
    altered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """What happens to a record: the fields that say something else now, who stands for which, and words of why."""

    kind: str
    fields: JsonMapping = field(default_factory=dict)
    words: Mapping[str, str | None] = field(default_factory=dict)
    effects: RegisterEffects = field(default_factory=RegisterEffects)


def lock_record(db: Connection, noun: Kept, id: str, programme: str) -> Standing:
    """A record that is to be changed, in its programme's turn. Raises Refused where somebody changed it from outside, and NotAllowed
    where it was merged, be it while one waited for the turn."""
    with whole(db):
        lock_log(db, programme)
    standing = lock_records(db, noun, [id])[id]
    if standing.state.get("merged_into") is not None:
        raise NotAllowed(why=reasons.catalogue.RECORD_MERGED)
    if standing.altered:
        raise Refused(reasons.catalogue.RECORD_ALTERED)
    return standing


def lock_records(db: Connection, noun: Kept, ids: Collection[str]) -> dict[str, Standing]:
    """Some records, locked, each held against its log; whoever asks has the programme's turn."""
    with whole(db):
        logs = lock_logs(db, list(ids))
        told = {
            id: fold(noun, (register_event_of(row.header, row.effects, row.body) for row in rows))
            for id, rows in read_logs(db, {id: log.seq for id, log in logs.items()})
        }
    rows = rows_as_told(db, TABLES[noun], ids)
    return {id: Standing(noun, log, told[id], tuple(differing(told[id], rows.get(id, {})))) for id, log in logs.items()}


def differing(state: JsonMapping, row: JsonMapping) -> list[str]:
    """The columns in which a row is not what its log adds up to; of what was erased nothing can be said."""
    return sorted(name for name, value in state.items() if not _same(value, row.get(name)))


def _same(told: Any, kept: Any) -> bool:
    if isinstance(told, Erased):
        return True
    if isinstance(told, dict) and isinstance(kept, dict):
        return told.keys() == kept.keys() and all(_same(value, kept[name]) for name, value in told.items())
    return type(told) is type(kept) and bool(told == kept)


def begin_record(
    noun: Kept, log: Log, *, source: str, external_id: str, fields: JsonMapping, effects: RegisterEffects | None = None
) -> tuple[Standing, Change]:
    """A record that is new, in a log that is: what `write_records` makes of it."""
    assert log.programme is not None
    told: RegisterEffects = {"record": {"programme": log.programme}}
    words = {SOURCE: source, EXTERNAL_ID: external_id}
    return Standing(noun, log), Change(RECORDED, fields, words, told | (effects or {}))


def new_record_log(id: str, noun: Kept, programme_log: Log) -> Log:
    """The log of a record that does not exist yet, in the turn of its programme."""
    return new_log(id, noun, programme_log.id, programme_log.now)


def write_records(db: Connection, by: By, changes: Sequence[tuple[Standing, Change]]) -> dict[str, JsonObject]:
    """Tell of each of these changes in the log of its record, and bring the rows after it; gives how each stands then."""
    if not changes:
        return {}
    told, rows, fresh = [], dict[str, JsonObject](), set[str]()
    for standing, change in changes:
        event = standing.log.next_event(
            change.kind,
            by.person,
            role=by.role,
            acting_for=by.acting_for,
            effects=change.effects,
            body=body_of(standing.state, change.fields, change.words),
        )
        told.append((standing.log, event))
        rows[standing.log.id] = evolve(standing.noun, standing.state, event)
        if not standing.state:
            fresh.add(standing.log.id)
    with whole(db):
        append_each(db, told)
    for noun in {standing.noun for standing, _ in changes}:
        mine = [(standing.log.id, standing.log.id in fresh) for standing, _ in changes if standing.noun == noun]
        _insert(db, TABLES[noun], [{"id": id, **rows[id]} for id, new in mine if new])
        _update(db, TABLES[noun], [{"id": id, **rows[id]} for id, new in mine if not new])
        # Of what is new is known already all that is found of it; whoever waits for nothing lets the server work meanwhile.
        follow_new(db, noun, [{"id": id, **rows[id]} for id, new in mine if new])
        follow_records(db, noun, [id for id, new in mine if not new])
        otherwise = {
            one.log.id for one, change in changes if tells_otherwise(noun, one.state, change.fields, change.kind)
        }
        keep_marks(db, noun, {id: rows[id] for id, _ in mine if id in otherwise})
        # With its marks is noted that needs are looked for as well.
        meets = {one.log.id for one, change in changes if meets_otherwise(noun, change.fields)} - otherwise
        note_pending(db, NEEDS, {id: rows[id]["programme_id"] for id, _ in mine if id in meets})
    return rows


def retold(db: Connection, log: Log, columns: Collection[str]) -> JsonObject:
    """What an erasure says anew of a record: of what lost its words, and of these columns, what stands in the row now."""
    noun: Kept = "need" if log.kind == NEED else "technology"
    state = fold(noun, read_register(db, log.id))
    row = rows_as_told(db, TABLES[noun], [log.id])[log.id]
    return {name: row[name] for name in FIELDS[noun] if name in columns or isinstance(state.get(name), Erased)}


def _columns(table: str, *but: str) -> list[str]:
    return [column.name for column in metadata.tables[table].columns if column.name not in but]


def _insert(db: Connection, table: str, rows: Sequence[JsonMapping]) -> None:
    if rows:
        columns = ", ".join(_columns(table))
        query = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM jsonb_populate_recordset(NULL::{table}, CAST($1 AS jsonb))"
        run_ahead(db, query, (_written(rows),))


def _update(db: Connection, table: str, rows: Sequence[JsonMapping]) -> None:
    if rows:
        sets = ", ".join(
            f"{name} = r.{name}"
            for name in _columns(table, "id", "programme_id", "source", "external_id", "created_at")
        )
        query = f"UPDATE {table} t SET {sets} FROM jsonb_populate_recordset(NULL::{table}, CAST($1 AS jsonb)) r WHERE t.id = r.id"
        run_ahead(db, query, (_written(rows),))


def _written(rows: Sequence[JsonMapping]) -> str:
    return orjson.dumps(rows).decode()
