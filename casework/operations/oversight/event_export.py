"""How the cases of a programme ran, read from their logs up to an instant, for tools of process mining.

Sealed mediations have logs of their own, and a case learns nothing of them: neither is one read, nor told of. For whoever reads all of
a programme; memory holds one case at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from itertools import groupby
from operator import attrgetter

from sqlalchemy import Connection, text

from casework.definitions import load_figure_names, load_library
from casework.engine.mining.ocel import write_ocel
from casework.engine.mining.traces import Trace, read_trace
from casework.engine.mining.xes import write_xes
from casework.records.event_log import by_now, event_of

#: The events of cases up to a moment, of all or of `some` logs.
_TOLD = """
    SELECT e.log_id::text AS log, e.seq, e.header, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id
    WHERE l.programme_id = CAST(:programme AS uuid) AND l.kind = 'case' AND e.at <= :until {some} ORDER BY e.log_id, e.seq
"""
#: The events of a programme's cases up to a moment, case by case. One statement: what is written meanwhile is in none of them.
_EVENTS = text(_TOLD.format(some="")).execution_options(stream_results=True)
#: The same of some cases.
_OF_SOME = text(_TOLD.format(some="AND l.id = ANY(CAST(:logs AS uuid[]))")).execution_options(stream_results=True)


def read_traces(
    db: Connection, programme: str, until: datetime, logs: Collection[str] | None = None
) -> Iterator[Trace]:
    """The cases that were open by an instant, as their logs tell them up to it, in the order of their logs; of `logs` alone where they are
    named."""
    given = {"programme": programme, "until": until}
    rows = db.execute(_EVENTS, given) if logs is None else db.execute(_OF_SOME, {**given, "logs": list(logs)})
    for _, mine in groupby(rows, key=attrgetter("log")):
        trace = read_trace((event_of(row.header, row.effects, row.body) for row in mine), until)
        if trace is not None:
            yield trace


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
