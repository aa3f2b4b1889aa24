"""How cases ran as files for tools of process mining."""

from __future__ import annotations

from casework.api.oversight import process_schemas as schemas
from casework.api.oversight.process_routes import chosen_of
from casework.api.protocol.routes import Call, Outgoing, Route, get
from casework.api.protocol.schemas import text_of
from casework.operations.oversight.event_files import OCEL, XES, make_event_file


def take_xes(call: Call) -> Outgoing:
    return _taken(call, XES)


def take_ocel(call: Call) -> Outgoing:
    return _taken(call, OCEL)


def _taken(call: Call, form: str) -> Outgoing:
    asked = call.query
    programme, chosen = text_of(asked.programme), chosen_of(asked)
    file = make_event_file(call.db, call.actor, form, programme, until=asked.as_of, chosen=chosen)
    return Outgoing(file.name, file.content.size, file.content.pieces())


ROUTES: tuple[Route, ...] = (
    get("/process/xes", take_xes,
        "Take out how cases ran as XES (IEEE 1849-2016), with a trace for each case; for supervisors, managers and auditors",
        schemas.EventFile, query=schemas.ProcessQuery, noun="page", for_some=True, gives_file=True),
    get("/process/ocel", take_ocel, "Take out the same as OCEL 2.0 in JSON: events with all that each is about",
        schemas.EventFile, query=schemas.ProcessQuery, noun="page", for_some=True, gives_file=True),
)  # fmt: skip
