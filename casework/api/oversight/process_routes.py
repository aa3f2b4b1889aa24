"""How the cases of a programme ran, as far as their logs tell it up to an instant."""

from __future__ import annotations

from casework.api.oversight import process_schemas as schemas
from casework.api.protocol.routes import Call, Route, get
from casework.api.protocol.schemas import text_of
from casework.engine.figures.case_facts import DIMENSIONS
from casework.engine.figures.cohorts import OPENED_FROM, OPENED_TO
from casework.json_values import JsonObject
from casework.operations.oversight import process


def show_process(call: Call) -> JsonObject:
    asked = call.query
    told = process.process_for_reader(call.db, call.actor, text_of(asked.programme), asked.as_of, chosen_of(asked))
    return process.show_process(told)


def chosen_of(asked: schemas.ProcessQuery) -> dict[str, str]:
    """Of which cases alone something asks."""
    days = {name: text_of(getattr(asked, name)) for name in (OPENED_FROM, OPENED_TO)}
    named = {name: getattr(asked, name) for name in DIMENSIONS}
    every = {process.ONE_CASE: asked.case, **days, **named}
    return process.read_chosen({name: said for name, said in every.items() if said})


ROUTES: tuple[Route, ...] = (
    get("/process", show_process,
        "Show how the cases of a programme ran: ways, waits, and what left its definition; for supervisors, managers and auditors",
        schemas.Process, query=schemas.ProcessQuery, noun="page", for_some=True),
)  # fmt: skip
