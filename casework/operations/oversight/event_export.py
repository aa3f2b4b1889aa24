"""How the cases of a programme ran, read from their logs up to an instant, for tools of process mining.

Sealed mediations have logs of their own, and a case learns nothing of them: neither is one read, nor told of. For whoever reads all of
a programme, in a transaction that sees one moment; memory holds some cases at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from casework.definitions import load_figure_names, load_library
from casework.engine.mining.ocel import write_ocel
from casework.engine.mining.traces import Trace, read_trace
from casework.engine.mining.xes import write_xes
from casework.records.event_log import by_now, event_of, read_logs

#: So many cases are read at once.
BATCH = 50
#: The next logs of a programme's cases, with how many events they have.
_NEXT = text("""
    SELECT id::text, seq FROM logs WHERE programme_id = CAST(:programme AS uuid) AND kind = 'case'
    AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)) ORDER BY id LIMIT :most
""")


def read_traces(db: Connection, programme: str, until: datetime, *, batch: int = BATCH) -> Iterator[Trace]:
    """The cases that were open by an instant, as their logs tell them up to it, in the order of their logs."""
    after = None
    while True:
        lengths = {
            row.id: row.seq for row in db.execute(_NEXT, {"programme": programme, "after": after, "most": batch})
        }
        for _, rows in read_logs(db, lengths):
            trace = read_trace((event_of(row.header, row.effects, row.body) for row in rows), until)
            if trace is not None:
                yield trace
        if len(lengths) < batch:
            return
        after = list(lengths)[-1]


def export_xes(db: Connection, code: str, programme: str, until: datetime | None = None) -> Iterator[str]:
    """As XES, piece by piece; up to now, where no moment is named or it is still to come."""
    moment = by_now(db, until)
    return write_xes(code, moment, read_traces(db, programme, moment), edition_names())


def export_ocel(db: Connection, programme: str, until: datetime | None = None) -> Iterator[str]:
    """The same as OCEL 2.0."""
    moment = by_now(db, until)
    return write_ocel(
        lambda: read_traces(db, programme, moment), edition_names(), agreement=load_figure_names().agreement
    )


def edition_names() -> Mapping[str, str]:
    """What each edition is called, by its fingerprint."""
    return {id: f"{edition.workflow} {edition.number}" for id, edition in load_library().editions.items()}
