"""Counts the statements that a page sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from flask import Flask


@contextmanager
def counted(app: Flask) -> Iterator[list[str]]:
    """The statements that the application sends within the block, at the driver: not all pass through SQLAlchemy."""
    sent: list[str] = []
    database, execute = app.extensions["casework"].url.database, psycopg.Cursor.execute

    def note(cursor: Any, query: Any, *given: Any, **named: Any) -> Any:
        if cursor.connection.info.dbname == database:
            sent.append(str(query))
        return execute(cursor, query, *given, **named)

    psycopg.Cursor.execute = note  # type: ignore[assignment, method-assign]  # only here is every statement seen
    try:
        yield sent
    finally:
        psycopg.Cursor.execute = execute  # type: ignore[method-assign]  # as it was
