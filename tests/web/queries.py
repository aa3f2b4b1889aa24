"""Counts the statements that a page sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from benchmarks.statements import Statement, captured


@contextmanager
def counted(app: Flask) -> Iterator[list[Statement]]:
    """The statements that the application sends within the block, but for what it notes of a session once a minute."""
    with captured(app.extensions["casework"].url.database) as sent:
        yield sent
        sent[:] = [one for one in sent if not one.query.startswith("UPDATE sessions SET seen_at")]
