"""What is left when everybody has gone home: every action that was acknowledged stands in the database once, and the history is whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, text

from benchmarks.load.browser import Record
from casework.operations.history.point_in_time import Past
from casework.operations.verification.service import check_some, groups_of_logs, verify_each
from casework.records.database import connect_engine, transaction
from casework.records.row_security import always_whole, in_snapshot
from casework.settings import Settings

#: Requests by their keys, and how many events of the log that each wrote to say that they came of it.
_REQUESTS = text("""
    SELECT p.email, r.key, r.status, (SELECT count(*) FROM events e WHERE e.log_id = r.log_id AND e.actor_id = CAST(r.actor_id AS text)
        AND e.header->>'key' = encode(sha256(convert_to(r.key, 'UTF8')), 'hex')) AS events
    FROM requests r JOIN people p ON p.id = r.actor_id WHERE r.key = ANY(:keys)
""")
_WRITTEN = text("SELECT id::text, seq FROM logs WHERE last_at >= :since ORDER BY id")


@dataclass(frozen=True)
class Left:
    """What was found; nothing of `faults` may be there."""

    acknowledged: int
    found: int
    logs: int
    events: int
    whole: bool
    faults: tuple[str, ...]


def count_left(settings: Settings, record: Record, since: datetime, *, whole: bool) -> Left:
    """Compare what was acknowledged with what stands there, and verify: the logs that were written to, or `whole`: all."""
    engine = connect_engine(settings)
    always_whole(engine)
    try:
        faults, found = _compare(engine, record)
        logs, events, wrong = _verify(engine, since, whole=whole)
    finally:
        engine.dispose()
    return Left(len(record.done), found, logs, events, whole, (*faults, *wrong))


def _compare(engine: Engine, record: Record) -> tuple[list[str], int]:
    asked = [*record.done, *record.refused, *record.unknown]
    with transaction(engine) as db:
        rows = db.execute(_REQUESTS, {"keys": [one.key for one in asked]}).all()
    kept = {(row.email, row.key): row for row in rows}
    faults = []
    for one in record.done:
        row = kept.get((one.email, one.key))
        if row is None:
            faults.append(f"lost: {one.name} of {one.email}")
        elif row.events != 1:
            faults.append(f"done {row.events} times: {one.name} of {one.email}")
    for one in record.refused:
        if (row := kept.get((one.email, one.key))) is not None and row.events:
            faults.append(f"refused and yet done: {one.name} of {one.email}")
    found = sum((one.email, one.key) in kept for one in record.done)
    return faults, found


def _verify(engine: Engine, since: datetime, *, whole: bool) -> tuple[int, int, list[str]]:
    if whole:
        checked = list(verify_each(engine))
    else:
        with transaction(engine) as db:
            written = [(row.id, row.seq) for row in db.execute(_WRITTEN, {"since": since})]
        checked = []
        for some in groups_of_logs(written):
            with in_snapshot(engine) as db:
                checked += check_some(db, some, Past(db))
    faults = [f"{one.number or one.log}: {finding.sentence}" for one in checked for finding in one.findings]
    return sum(one.log is not None for one in checked), sum(one.events for one in checked), faults


__all__ = ["Left", "count_left"]
