"""The table by which a programme's queues give tasks: which it is, proposing another, agreeing to it, and trying it on past tasks."""

from __future__ import annotations

from casework import reasons
from casework.api.people import routing_schemas as schemas
from casework.api.protocol.routes import Call, Route, get, post
from casework.engine.decision_tables.dmn import from_dmn
from casework.engine.decision_tables.tables import Table, TableFault, from_json
from casework.errors import InvalidForm
from casework.operations.core.idempotency import Done
from casework.operations.people import programme_routing
from casework.operations.people.letterheads import insist_sets
from casework.operations.people.routing_trial import try_routing
from casework.operations.people.routing_views import ProgrammeRouting, RoutingTrial


def show_routing(call: Call) -> ProgrammeRouting:
    return programme_routing.show_routing(call.db, call.actor, call.path["programme"])


def propose_routing(call: Call) -> Done:
    body = call.body
    insist_sets(call.actor, call.path["programme"])
    return programme_routing.propose_routing(
        call.db,
        call.actor,
        call.path["programme"],
        table=_read(body),
        reason=body.reason,
        seen=body.seen,
        request=call.request,
    )


def _read(body: schemas.NewRouting) -> Table:
    """The table in one of both forms. Raises InvalidForm."""
    if (body.table is None) == (body.dmn is None):
        raise InvalidForm(fields={"table": reasons.routing.ONE_FORM})
    try:
        return from_json(body.table) if body.dmn is None else from_dmn(body.dmn.encode())
    except TableFault as fault:
        raise InvalidForm(fields=fault.faults) from fault


def decide_routing(call: Call) -> Done:
    body = call.body
    return programme_routing.decide_routing(
        call.db,
        call.actor,
        call.path["programme"],
        agree=body.agree,
        note=body.note,
        seen=body.seen,
        request=call.request,
    )


def show_trial(call: Call) -> RoutingTrial:
    return try_routing(call.db, call.actor, call.path["programme"])


ROUTES: tuple[Route, ...] = (
    get("/programmes/{programme}/settings/routing", show_routing, "Show by which table a programme's queues give tasks",
        schemas.ProgrammeRouting),
    post("/programmes/{programme}/settings/routing", propose_routing, "Propose another routing table",
        schemas.RoutingMoved, body=schemas.NewRouting, status=201),
    post("/programmes/{programme}/settings/routing/decision", decide_routing,
        "Agree to a proposed routing table as the second person, or do not", schemas.RoutingMoved, body=schemas.RoutingDecision),
    get("/programmes/{programme}/settings/routing/trial", show_trial, "Try the proposed routing table on past tasks",
        schemas.RoutingTrial),
)  # fmt: skip
