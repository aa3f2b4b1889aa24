"""How each case of a programme ran, up to an instant: as it is kept of a log that tells no more, else folded from its events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.figures.kept_facts import facts_by, read, write
from casework.engine.mining.runs import JudgedRun, judged
from casework.engine.mining.traces import read_trace
from casework.operations.core.perform import calendar_of
from casework.operations.oversight.figures import AS_KEPT, CASE, rules
from casework.records.event_log import event_of

#: How cases ran up to a moment, of all or of `some` logs.
_RAN = f"""
    SELECT x.id::text AS log, x.seq, x.header, x.effects, x.body, x.run FROM (
        SELECT l.id, f.seq, CAST(NULL AS jsonb) AS header, CAST(NULL AS jsonb) AS effects, CAST(NULL AS jsonb) AS body, f.run
        FROM figure_facts f JOIN logs l ON {AS_KEPT} WHERE f.programme_id = CAST(:programme AS uuid) AND f.run IS NOT NULL {{some}}
        UNION ALL
        SELECT l.id, e.seq, e.header, e.effects, e.body, NULL FROM events e JOIN logs l ON l.id = e.log_id
        WHERE l.programme_id = CAST(:programme AS uuid) AND l.kind = '{CASE}' AND e.at <= :until
        AND NOT EXISTS (SELECT FROM figure_facts f WHERE {AS_KEPT} AND f.run IS NOT NULL) {{some}}
    ) x ORDER BY x.id, x.seq
"""
#: How the cases of a programme ran up to a moment, case by case: of a log that tells no more than what is kept of it that, of others the
#: events. One statement: what is written meanwhile is in none of them.
_RUNS = text(_RAN.format(some="")).execution_options(stream_results=True)
#: The same of one case.
_RUN = text(_RAN.format(some="AND l.id = (SELECT c.id FROM cases c WHERE c.number = :case)"))


def read_runs(
    db: Connection, programme: str, until: datetime, *, from_logs: bool = False, case: str | None = None
) -> Iterator[JudgedRun]:
    """The cases that were open by an instant, in the order of their logs; memory holds one at a time. For whoever reads all of it.

    `case`: that of this number alone.
    """
    # What is kept may go with another calendar's days; of a case's run it does not, but is made again with them.
    counted_by = "" if from_logs else facts_by(rules(), calendar_of(db, programme))
    given = {"programme": programme, "until": until, "counted_by": counted_by}
    rows = db.execute(_RUNS, given) if case is None else db.execute(_RUN, {**given, "case": case})
    for _, of_log in groupby(rows, key=attrgetter("log")):
        mine = list(of_log)
        run = _fold(mine, until) if mine[0].run is None else read(JudgedRun, orjson.loads(mine[0].run))
        if run is not None:
            yield run


def written_run(rows: Sequence[Any]) -> str | None:
    """How the case of a log ran by its last event, as it is kept; None where there is none, or what is told of it may change."""
    run = _fold(rows, rows[-1].at) if rows[0].kind == CASE else None
    return orjson.dumps(write(run)).decode() if run is not None and run.for_good else None


def _fold(rows: Sequence[Any], until: datetime) -> JudgedRun | None:
    trace = read_trace((event_of(row.header, row.effects, row.body) for row in rows), until)
    return None if trace is None else judged(load_library(), trace)
