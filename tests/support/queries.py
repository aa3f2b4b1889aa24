"""Counts the statements that a page sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from benchmarks.statements import Statement, captured

_NOTED = ("UPDATE sessions SET seen_at", "UPDATE tokens SET used_at")


@contextmanager
def counted(app: Flask) -> Iterator[list[Statement]]:
    """The statements that the application sends within the block.

    But for what it notes of a session once a minute and of a token every five, and what it asks a connection that has rested
    for some seconds.
    """
    with captured(app.extensions["casework"].url.database) as sent:
        yield sent
        sent[:] = [one for one in sent if one.query != "SELECT 1" and not one.query.startswith(_NOTED)]
