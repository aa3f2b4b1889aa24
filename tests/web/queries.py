"""Counts the statements that a page sends to the database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from benchmarks.statements import Statement, captured


@contextmanager
def counted(app: Flask) -> Iterator[list[Statement]]:
    """The statements that the application sends within the block."""
    with captured(app.extensions["casework"].url.database) as sent:
        yield sent
