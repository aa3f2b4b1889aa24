"""What the application sends to the database: written down at the driver, and sent again without the application."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from casework.records.wire import Row, Wire
from casework.records.wire import Statement as WireStatement


@dataclass(frozen=True)
class Statement:
    """One statement with its values; `raw` where it is in the server's own form ($1, …)."""

    query: str
    values: Any
    raw: bool


@contextmanager
def captured(database: str) -> Iterator[list[Statement]]:
    """What is sent to this database within the block. At the driver: not all of it passes through SQLAlchemy."""
    sent: list[Statement] = []
    execute, ask = psycopg.Cursor.execute, Wire.ask

    def note(cursor: Any, query: Any, values: Any = None, **more: Any) -> Any:
        if cursor.connection.info.dbname == database:
            sent.append(Statement(str(query), values, raw=False))
        return execute(cursor, query, values, **more)

    def note_wire(wire: Wire, statements: Sequence[WireStatement]) -> list[list[Row]]:
        if wire.driver.info.dbname == database:
            sent.extend(Statement(query, values, raw=True) for query, values in [*wire.waiting, *statements])
        return ask(wire, statements)

    psycopg.Cursor.execute = note  # type: ignore[assignment, method-assign]  # only here is every statement seen
    Wire.ask = note_wire  # type: ignore[assignment, method-assign]  # and here those of the wire
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]  # as it was
        Wire.ask = ask  # type: ignore[method-assign]  # as it was


def replay(db: psycopg.Connection[Any], statements: Sequence[Statement]) -> None:
    """Send them again in one transaction and fetch every row, as the shortest program would."""
    for statement in statements:
        cursor = psycopg.RawCursor(db) if statement.raw else db.cursor()
        cursor.execute(statement.query, statement.values)
        if cursor.description:
            cursor.fetchall()
    db.commit()
