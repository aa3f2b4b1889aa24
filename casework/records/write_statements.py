"""The statement that writes what an action changes: every row of every table in one, for each round trip costs more than a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache, lru_cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import ARRAY
from sqlalchemy.dialects.postgresql import JSONB

from casework.ledger.canonical_json import instant
from casework.records.case_loader import array_of
from casework.records.tables import metadata

#: What is written of a table: its name, how many rows are new, and the columns of each that changes.
Written: TypeAlias = tuple[str, int, tuple[tuple[str, ...], ...]]


@cache
def columns_of(table: str) -> Mapping[str, Callable[[Any], str | None]]:
    """The columns of a table, each with how a value of it is written for the server."""
    return {
        column.name: _written_as(column.type) for column in metadata.tables[table].columns if column.computed is None
    }


def _written_as(type: Any) -> Callable[[Any], str | None]:
    return json_of if isinstance(type, JSONB) else array_of if isinstance(type, ARRAY) else _word


# Everything goes out as text without a type, which the server reads as what its column is: so one statement serves
# whatever the values are, and stays prepared.


def _word(value: Any) -> str | None:
    return value if value is None or type(value) is str else str(value)


def time_of(moment: datetime | None) -> str | None:
    """A moment as it is written everywhere; nothing for nothing."""
    return None if moment is None else instant(moment)


def json_of(value: Any) -> str | None:
    """A value as JSON; nothing for nothing."""
    return None if value is None else "{}" if value == {} else orjson.dumps(value).decode()


@lru_cache(maxsize=1000)
def write_statement(shape: tuple[Written, ...], removed: tuple[str, ...], *, opens: bool, asked: bool) -> str:
    """One statement for everything that an action writes: each round trip costs more than a row."""
    number = iter(range(1, 10_000))

    def n() -> str:
        """The place of the next value: they come in the order in which they are named."""
        return f"${next(number)}"

    parts = []
    if opens:
        parts.append(
            "l AS (INSERT INTO logs (id, kind, programme_id, seq, head, last_at)"
            f" VALUES ({n()}, {n()}, {n()}, {n()}, {n()}, {n()}))"
        )
    else:
        parts.append(f"l AS (UPDATE logs SET seq = {n()}, head = {n()}, last_at = {n()} WHERE id = {n()})")
    for table, added, changed in shape:
        if added:
            names = ", ".join(f'"{name}"' for name in columns_of(table))
            rows = ", ".join(f"({', '.join(n() for _ in columns_of(table))})" for _ in range(added))
            parts.append(f"a_{table} AS (INSERT INTO {table} ({names}) VALUES {rows})")
        for position, columns in enumerate(changed):
            sets = ", ".join(f'"{name}" = {n()}' for name in columns)
            parts.append(f"c_{table}_{position} AS (UPDATE {table} SET {sets} WHERE id = {n()})")
    parts += [f"d_{table} AS (DELETE FROM {table} WHERE id = ANY({n()}))" for table in removed]
    if asked:
        parts.append(
            f"r AS (UPDATE requests SET status = {n()}, answer = {n()}, log_id = {n()}, seq = {n()}"
            f" WHERE actor_id = {n()} AND key = {n()})"
        )
    return f"WITH {', '.join(parts)} SELECT 1"
