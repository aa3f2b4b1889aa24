"""Rows that a test has changed past the engine, tasks above all, are found by lists as they are now."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.core.overdue_sql import CASE_DATES

_WRITE = f"""
    INSERT INTO case_dates (id, programme_id, due_at, late_at, waits_for) {CASE_DATES}
    ON CONFLICT (id) DO UPDATE SET due_at = EXCLUDED.due_at, late_at = EXCLUDED.late_at, waits_for = EXCLUDED.waits_for
"""
_ASKED = f"SELECT to_jsonb(x) FROM ({CASE_DATES}) x ORDER BY x.id"
_KEPT = "SELECT to_jsonb(x) FROM case_dates x ORDER BY x.id"


def write_dates(db: Connection) -> None:
    """Write the dates of every case anew."""
    db.execute(text(_WRITE))


def insist_on_dates(db: Connection) -> None:
    """The dates that are kept are those that a query finds in the tasks of each case."""
    kept, asked = (db.execute(text(query)).scalars().all() for query in (_KEPT, _ASKED))
    assert kept == asked
