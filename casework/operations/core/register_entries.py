"""What the logs tell of the entries of registers: written beside each change, and compared with the rows again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection

from casework.engine.state.events import SYSTEM_ACTOR, LoggedEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.json_values import JsonObject, JsonValue
from casework.ledger.redactable_bodies import Erased
from casework.operations.core.register_log import append
from casework.records.event_log import lock_log
from casework.records.register_entries import MARK, REGISTERS, body_of, entries, keys_told
from casework.records.row_security import whole

#: The kind of the one log of what belongs to the whole installation.
INSTALLATION = "installation"


def note_entries(
    db: Connection,
    table: str,
    home: str,
    keys: Collection[str],
    *,
    kind: str,
    by: str = SYSTEM_ACTOR,
    columns: Collection[str] | None = None,
    role: str | None = None,
    effects: RegisterEffects | None = None,
    words: Mapping[str, str] | None = None,
) -> None:
    """Say in the log what stands in these rows now, after a change of theirs; of one that is gone, that it is.

    `columns` names those that were changed: of the others nothing is said, so that what somebody changed behind our backs is
    not made good by the next action. `words` are said with it.
    """
    if not keys:
        return
    with whole(db):
        log = lock_log(db, home)
        body = body_of(db, table, home, keys, columns=columns) | dict(words or {})
        append(db, log, [log.next_event(kind, by, role=role, effects=effects, body=body)])


def fold(events: Iterable[LoggedEvent]) -> dict[str, JsonObject]:
    """What a log tells of each entry: by table and key, the values or the digest, or that it was erased."""
    state: dict[str, JsonObject] = {}
    for event in events:
        for name, value in event.body.items():
            table, mark, key = name.partition(MARK)
            if not mark:
                continue
            rows = state.setdefault(table, {})
            before = rows.get(key)
            if value is None:
                rows.pop(key, None)
            elif isinstance(value, Mapping) and isinstance(before, Mapping):
                rows[key] = {**before, **value}
            elif not isinstance(before, Erased) or not isinstance(value, Mapping) or value.keys() == keys_told(table):
                rows[key] = value
    return state


def differences(
    db: Connection, kind: str, home: str | None, events: Iterable[LoggedEvent]
) -> Iterator[tuple[str, str, str | None, str]]:
    """Where the entries of a log are not what it tells: table, key, column where one is known, and a sentence."""
    state = fold(events)
    for table, register in REGISTERS.items():
        if register.log != kind:
            continue
        wanted = dict(state.get(table, {}))
        for key, row in entries(db, table, home).items():
            if key not in wanted:
                yield table, key, None, f"A row of {table} is in no event: {key}."
                continue
            yield from _compare(table, key, wanted.pop(key), row)
        for key in wanted:
            yield table, key, None, f"A row of {table} is missing: {key}."


def _compare(table: str, key: str, wanted: object, row: object) -> Iterator[tuple[str, str, str | None, str]]:
    if isinstance(wanted, Erased):
        yield table, key, None, f"A row of {table} was not told again after an erasure: {key}."
    elif REGISTERS[table].whole or not isinstance(wanted, Mapping) or not isinstance(row, Mapping):
        if wanted != row:
            yield table, key, None, f"The row {key} of {table} is not the one that the history knows."
    else:
        for column in sorted({*wanted, *row}):
            if column not in wanted or column not in row or wanted[column] != row[column]:
                yield (
                    table,
                    key,
                    column,
                    f"{table}.{column} of {key} is {_short(row.get(column))}; the history says {_short(wanted.get(column))}.",
                )


def _short(value: JsonValue) -> str:
    written = "nothing" if value is None else str(value)
    return written if len(written) <= 80 else written[:77] + "…"
