"""How the cases of a programme ran, as far as their logs tell it up to an instant."""

from __future__ import annotations

from casework.api.oversight import process_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.api.protocol.schemas import text_of
from casework.json_values import JsonObject
from casework.operations.oversight import process


def show_process(call: Call) -> JsonObject:
    asked = call.query
    return process.show_process(process.process_for_reader(call.db, call.actor, text_of(asked.programme), asked.as_of))


ROUTES: tuple[Route, ...] = (
    get("/process", show_process,
        "Show how the cases of a programme ran: ways, waits, and what left its definition; for supervisors, managers and auditors",
        schemas.Process, query=schemas.ProcessQuery, noun="page", for_some=True),
)  # fmt: skip
