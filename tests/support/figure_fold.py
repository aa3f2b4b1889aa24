"""The figures counted once more from the stored events, with nothing of the product: what a report says must be what an outsider finds.

What counts is what an auditor counts a report's file by (`docs/recount`); here its events are read from the database, as any export has
them, and mediations are counted too, of which no export has anything.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from docs.recount.programme import Programme
from docs.recount.reading import Event, Logs
from docs.recount.rows import plain


def read_logs(db: Connection, programme: str, until: datetime) -> Logs:
    """The events of a programme's logs up to a moment."""
    rows = db.execute(
        text(
            "SELECT e.log_id::text, e.seq, e.at, e.kind, e.track_id::text, e.header, e.effects, e.body, e.hash, l.kind AS log_kind"
            " FROM events e JOIN logs l ON l.id = e.log_id WHERE (l.programme_id = CAST(:p AS uuid) OR l.id = CAST(:p AS uuid))"
            " AND e.at <= :until ORDER BY e.log_id, e.seq"
        ),
        {"p": programme, "until": until},
    )
    logs: Logs = {}
    for row in rows:
        told = (row.log_id, row.seq, row.at, row.header["at"], row.kind, row.track_id, row.header, row.effects)
        logs.setdefault((row.log_kind, row.log_id), []).append(Event(*told, row.body, row.hash))
    return logs


def read_programme(db: Connection, programme: str, until: datetime) -> Programme:
    return Programme(read_logs(db, programme, until), until)


def told(rows: list[dict[str, Any]]) -> list[str]:
    """Rows in one order and one way of writing, so that two counts can be held against each other."""
    return sorted(json.dumps(plain(one), sort_keys=True) for one in rows)
