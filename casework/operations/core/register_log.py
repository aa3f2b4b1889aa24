"""What the logs of registers tell: the kinds of their events, and how one is written."""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Connection, text

from casework.engine.state.events import LoggedEvent
from casework.records.database import run_ahead
from casework.records.event_log import Log, seal_events
from casework.records.field_encryption import insist_unsealed

REGISTERED, GRANTED, ENDED, CHANGED = "registered", "granted", "ended", "changed"
AWAY, BACK = "away", "back"
ROLE_ASKED, ROLE_REFUSED = "role_asked", "role_refused"


def append_each(db: Connection, told: Sequence[tuple[Log, LoggedEvent]]) -> None:
    """Write one event of each of several logs, which are locked or new: in as many statements as for one, sent ahead."""
    logs, events = [], []
    for log, event in told:
        rows, head = seal_events(log, [event])
        events += rows
        logs.append(
            {
                "id": log.id,
                "kind": log.kind,
                "programme_id": log.programme,
                "seq": event.seq,
                "head": head,
                "last_at": rows[0]["at"],
            }
        )
    written = orjson.dumps(events).decode()
    insist_unsealed(written)
    begun = {log.id for log, _ in told if log.seq == 0}
    for statement, some in (
        (_BEGIN_EACH, [row for row in logs if row["id"] in begun]),
        (_GO_ON_EACH, [row for row in logs if row["id"] not in begun]),
    ):
        if some:
            run_ahead(db, statement, (orjson.dumps(some).decode(),))
    run_ahead(db, _EVENTS_OF_EACH, (written,))


def append(db: Connection, log: Log, events: Sequence[LoggedEvent], key: str | None = None) -> None:
    """Write events of a log that is locked, or new."""
    rows, head = seal_events(log, events, key)
    last = events[-1]
    written = orjson.dumps(rows).decode()
    insist_unsealed(written)
    values = {
        "id": log.id,
        "kind": log.kind,
        "programme": log.programme,
        "seq": last.seq,
        "head": head,
        "last_at": last.at,
        "events": written,
    }
    if log.seq == 0:
        # Before its events: of these row security asks whether the log is shown, which is to be there by then.
        db.execute(_BEGIN, values)
        db.execute(text(_EVENTS), values)
    else:
        db.execute(text(f"WITH l AS ({_GO_ON}), e AS ({_EVENTS}) SELECT 1"), values)


#: Begins a log.
_BEGIN = text(
    "INSERT INTO logs (id, kind, programme_id, seq, head, last_at)"
    " VALUES (:id, :kind, CAST(:programme AS uuid), :seq, :head, :last_at)"
)
#: Where a log ends now.
_GO_ON = "UPDATE logs SET seq = :seq, head = :head, last_at = :last_at WHERE id = CAST(:id AS uuid)"
#: Writes some events.
_EVENTS = "INSERT INTO events SELECT * FROM jsonb_populate_recordset(NULL::events, CAST(:events AS jsonb))"
#: The same of several logs.
_BEGIN_EACH = (
    "INSERT INTO logs (id, kind, programme_id, seq, head, last_at) SELECT id, kind, programme_id, seq, head, last_at"
    " FROM jsonb_populate_recordset(NULL::logs, CAST($1 AS jsonb))"
)
#: Where each of several logs ends now.
_GO_ON_EACH = (
    "UPDATE logs l SET seq = x.seq, head = x.head, last_at = x.last_at"
    " FROM jsonb_populate_recordset(NULL::logs, CAST($1 AS jsonb)) x WHERE l.id = x.id"
)
#: Writes the events of each.
_EVENTS_OF_EACH = "INSERT INTO events SELECT * FROM jsonb_populate_recordset(NULL::events, CAST($1 AS jsonb))"
