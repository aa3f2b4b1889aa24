"""Two addresses for programs that watch: whether the database answers, and whether requests may be sent here."""

from __future__ import annotations

from flask import Flask, Response, current_app
from sqlalchemy import text

from casework.errors import DatabaseNotReady
from casework.records import migrate
from casework.records.database import reader_transaction


def register(app: Flask) -> None:
    """For anybody, and not only by https: they say nothing else."""
    app.add_url_rule("/health", "health", _tell_health)
    app.add_url_rule("/ready", "ready", _tell_ready)


def _tell_health() -> Response:
    """Whether the database answers; 503 when it does not."""
    with reader_transaction(current_app.extensions["casework"]) as db:
        db.execute(text("SELECT 1"))
    return Response('{"status": "ok"}\n', mimetype="application/json")


def _tell_ready() -> Response:
    """Whether requests may be sent here: the database answers and has the tables that this release needs; 503 when it has not.

    While the next release migrates, this one goes on: what it needs is still there.
    """
    with reader_transaction(current_app.extensions["casework"]) as db:
        if migrate.is_behind(db):
            raise DatabaseNotReady(why="its tables are of an earlier release.")
    return Response('{"status": "ready"}\n', mimetype="application/json")
