"""How cases ran as files of XES and OCEL for one of their readers, with what the reader may see and nothing else.

Which cases these are is asked as the reader, by the same policies as any list; whoever reads no closed needs is told of no need. A file is
kept aside as it is written, so that however many events there are, memory holds one case at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, text

from casework import reasons
from casework.definitions import load_figure_names
from casework.engine.figures.cohorts import opened_within
from casework.engine.mining.ocel import write_ocel
from casework.engine.mining.traces import Trace
from casework.engine.mining.xes import write_xes
from casework.errors import Refused
from casework.operations.auth.step_up import sensitive
from casework.operations.core.perform import calendar_of
from casework.operations.core.set_aside import SetAside, set_aside
from casework.operations.oversight.event_export import edition_names, read_traces
from casework.operations.oversight.figures import in_its_time, programme_of_reader
from casework.operations.oversight.process import ONE_CASE, READ_BY, numbers_among
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of
from casework.records.event_log import by_now
from casework.records.row_security import whole

#: The two forms, each with the ending of its files.
XES, OCEL = "xes", "ocel"
ENDINGS: Mapping[str, str] = {XES: "xes", OCEL: "json"}
#: So many cases are in a file: it is written while somebody waits. All of a large programme the command writes.
MOST = 1_000

#: The cases of a programme that a person sees, whatever their number is.
_SEEN = text("""
    SELECT c.id::text, c.number, c.opened_at FROM cases c WHERE c.programme_id = CAST(:programme AS uuid) ORDER BY c.id
""")
#: What a programme is called in files.
_CODE = text("SELECT code FROM programmes WHERE id = CAST(:programme AS uuid)")


@dataclass(frozen=True, kw_only=True)
class EventFile:
    """A file that is written: its name, and what is in it."""

    name: str
    content: SetAside


@sensitive
def make_event_file(
    db: Connection,
    actor: Actor,
    form: str,
    programme: str | None = None,
    *,
    until: datetime | None = None,
    chosen: Mapping[str, str] | None = None,
) -> EventFile:
    """How cases of a programme ran up to an instant: of the actor's first programme, and up to now, where none is named.

    `chosen`: of which cases alone, by what the page of how cases ran is asked. Raises NotFound for others than the programme's supervisors,
    managers and auditors, and Refused for more cases than a file has.
    """
    mine = programme_of_reader(actor, programme, READ_BY)
    in_its_time(db)
    moment, calendar = by_now(db, until), calendar_of(db, mine)
    logs = _logs(db, mine, chosen or {})
    code, day = str(db.execute(_CODE, {"programme": mine}).scalar_one()), calendar.local_date(moment)

    def read() -> Iterator[Trace]:
        traces = read_traces(db, mine, moment, logs)
        return traces if mine in closed_of(actor) else map(_without_need, traces)

    with whole(db):
        content = set_aside(piece.encode() for piece in _written(form, code, moment, read))
    return EventFile(name=f"cases-{code}-{day}.{ENDINGS[form]}", content=content)


def _logs(db: Connection, programme: str, chosen: Mapping[str, str]) -> list[str]:
    """The logs of the cases that are asked for, as far as the reader sees them."""
    calendar, one = calendar_of(db, programme), chosen.get(ONE_CASE)
    among = numbers_among(db, programme, chosen)
    logs = [
        row.id
        for row in db.execute(_SEEN, {"programme": programme})
        if one in (None, row.number)
        and (among is None or row.number in among)
        and opened_within(chosen, calendar.local_date(row.opened_at))
    ]
    if len(logs) > MOST:
        raise Refused(reasons.requests.TOO_MANY_RUNS(most=MOST, count=len(logs)))
    return logs


def _written(form: str, code: str, moment: datetime, read: Callable[[], Iterator[Trace]]) -> Iterator[str]:
    if form == XES:
        return write_xes(code, moment, read(), edition_names())
    return write_ocel(read, edition_names(), agreement=load_figure_names().agreement)


def _without_need(trace: Trace) -> Trace:
    """A case for whoever reads no closed needs: of none is it told which it was opened for."""
    return replace(trace, case={**trace.case, "need": None})


__all__ = ["ENDINGS", "MOST", "OCEL", "XES", "EventFile", "make_event_file"]
