"""Keeps what figures read of the logs of a programme, so that a count folds those alone that have gone on since.

A log never changes but at its end: what was kept of it up to its last event is what is folded from it now. It is brought after in
batches, by a job and never by an action; of a log with a later event, or by other rules, what is kept is not used
(`casework.operations.oversight.figures`), so that a count is slower while it is behind, and never another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, Engine, text

from casework.definitions import load_figure_names
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.kept_facts import KEPT, facts_by, write
from casework.operations.core.paging import FIRST_ID
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.case_runs import written_run
from casework.operations.oversight.figures import KINDS, fold_log, rules
from casework.records.database import transaction
from casework.records.row_security import whole

#: Logs that are folded in one transaction.
BATCH = 200
#: The next logs of a programme of which nothing is kept as they stand.
_BEHIND = text("""
    SELECT l.id::text FROM logs l LEFT JOIN figure_facts f ON f.log_id = l.id
    WHERE l.programme_id = CAST(:programme AS uuid) AND l.kind = ANY(CAST(:kinds AS text[])) AND l.id > CAST(:after AS uuid)
    AND (f.log_id IS NULL OR f.seq <> l.seq OR f.counted_by <> :counted_by) ORDER BY l.id LIMIT :most
""")
#: All events of some logs, log by log.
_EVENTS = text("""
    SELECT l.kind, l.id::text AS log, e.seq, e.at, e.header, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id
    WHERE l.id = ANY(CAST(:logs AS uuid[])) ORDER BY l.id, e.seq
""")
#: Keeps what was folded of logs that stand where they were read. One that somebody writes into is left for the next time: nobody
#: waits, and what an erasure takes out meanwhile does not come back.
_KEEP = text("""
    INSERT INTO figure_facts (log_id, programme_id, sealed, seq, last_at, counted_by, facts, run)
    SELECT l.id, l.programme_id, l.sealed, r.seq, r.last_at, :counted_by, r.facts, r.run
    FROM jsonb_to_recordset(CAST(:rows AS jsonb)) r(log uuid, seq bigint, last_at timestamptz, facts text, run text)
    JOIN logs l ON l.id = r.log AND l.seq = r.seq ORDER BY l.id FOR SHARE OF l SKIP LOCKED
    ON CONFLICT (log_id) DO UPDATE SET seq = excluded.seq, last_at = excluded.last_at, counted_by = excluded.counted_by,
        facts = excluded.facts, run = excluded.run
""")
#: What is kept of the next logs of a programme by the rules of now.
_THERE = text("""
    SELECT f.log_id::text AS log, f.seq, f.facts, f.run FROM figure_facts f
    WHERE f.programme_id = CAST(:programme AS uuid) AND f.counted_by = :counted_by AND f.log_id > CAST(:after AS uuid)
    ORDER BY f.log_id LIMIT :most
""")
#: Forgets what is kept of some logs.
_FORGET = text("DELETE FROM figure_facts WHERE log_id = ANY(CAST(:logs AS uuid[]))")


def bring_after(engine: Engine, programme: str) -> int:
    """Fold the logs of a programme that have gone on since they were kept; gives how many. Whoever is ended halfway goes on there."""
    done, after = 0, FIRST_ID
    while True:
        with transaction(engine) as db:
            calendar = calendar_of(db, programme)
            counted_by = facts_by(rules(), calendar)
            asked = {"programme": programme, "kinds": [*KEPT], "counted_by": counted_by, "after": after, "most": BATCH}
            logs = list(db.execute(_BEHIND, asked).scalars())
            rows = [_row(events, calendar) for events in _read(db, logs)]
        if not logs:
            return done
        with transaction(engine) as db:
            db.execute(_KEEP, {"rows": orjson.dumps(rows).decode(), "counted_by": counted_by})
        done, after = done + len(logs), logs[-1]


def _read(db: Connection, logs: Collection[str]) -> Iterator[list[Any]]:
    """The events of each of some logs."""
    for _, events in groupby(db.execute(_EVENTS, {"logs": list(logs)}), key=attrgetter("log")):
        yield list(events)


def _row(events: list[Any], calendar: Calendar) -> dict[str, Any]:
    last = events[-1]
    return {
        "log": last.log,
        "seq": last.seq,
        "last_at": last.at.isoformat(),
        "facts": _facts(events, calendar),
        "run": written_run(events),
    }


def _facts(events: list[Any], calendar: Calendar) -> str:
    """What figures read of a log by its last event, as it is kept."""
    facts = fold_log(events[0].kind, events, events[-1].at, calendar, load_figure_names())
    return orjson.dumps(write(facts)).decode()


def forget_facts(db: Connection, logs: Collection[str]) -> None:
    """Forget what is kept of some logs; whoever asks holds them, or has seen that it is wrong."""
    db.execute(_FORGET, {"logs": sorted(logs)})


def find_differing(engine: Engine, programme: str) -> list[str]:
    """The logs of a programme of which something else is kept than their events tell: folded again, all of them, in batches."""
    found, after = list[str](), FIRST_ID
    while True:
        with transaction(engine) as db:
            calendar = calendar_of(db, programme)
            counted_by = facts_by(rules(), calendar)
            asked = {"programme": programme, "counted_by": counted_by, "after": after, "most": BATCH}
            kept = {row.log: row for row in db.execute(_THERE, asked)}
            for events in _read(db, kept):
                row = kept[events[0].log]
                read = [event for event in events if event.seq <= row.seq]
                told = _facts(read, calendar), written_run(read)
                found += [row.log] if told != (row.facts, row.run) else []
        if not kept:
            return found
        after = list(kept)[-1]


#: How many events the logs of a programme have, of some kinds, and what tells these from any others: of each log its last one.
_HOW_FAR = text("""
    SELECT coalesce(sum(l.seq), 0) AS events, bit_xor(hashtextextended(l.head, 0)) AS heads FROM logs l
    WHERE CAST(:programme AS uuid) IN (l.programme_id, l.id) AND l.kind = ANY(CAST(:kinds AS text[]))
""")


@dataclass(frozen=True, slots=True)
class Events:
    """How far the logs of a programme have come."""

    events: int
    heads: int | None


def events_of_programme(db: Connection, programme: str, kinds: Collection[str] = KINDS) -> Events:
    """How far the logs have come that figures name, or those of some kinds. An erasure is an event as well."""
    with whole(db):
        row = db.execute(_HOW_FAR, {"programme": programme, "kinds": [*kinds]}).one()
    return Events(int(row.events), row.heads)
