"""Who gets which task in the demo's programme: a rule for one queue, and a routing table that two persons have set."""

from __future__ import annotations

from casework.engine.decision_tables.tables import from_json, to_json
from casework.engine.decision_tables.values import feel
from casework.engine.roles import Role
from casework.engine.tasks.allocation import SHORTEST
from casework.engine.tasks.routing import EMPTY, FACTS
from casework.operations.core.idempotency import Request
from casework.operations.people.programme_routing import decide_routing, propose_routing
from casework.operations.tasks.allocation import choose_allocation
from casework.permissions.actors import Actor
from casework.playbook.stage import Stage
from casework.records.actors import find_actor

#: The rows: what each asks, whom it names, and why.
_ROWS = (
    ({"queue": '"compliance"'}, Role.COMPLIANCE, "Every classification and screening has one hand."),
    (
        {"queue": '"supervisor"', "service": '"pledge"', "amount": ">= 3000000"},
        "second_supervisor",
        "Large pledges are decided in the second office.",
    ),
)
_WHY = "Parties asked twice for the same papers."


def route_tasks(stage: Stage) -> None:
    """A supervisor lets the compliance queue give its tasks, and proposes a table; the administrator agrees."""
    rules = [
        {"inputs": [asks.get(name, "-") for name in FACTS], "outputs": [feel(stage.ids[who])], "note": note}
        for asks, who, note in _ROWS
    ]
    with stage.action() as db:
        supervisor, programme = _actor(stage, Role.SUPERVISOR), stage.ids["programme"]
        choose_allocation(
            db,
            supervisor,
            scope=programme,
            queue=str(Role.COMPLIANCE),
            strategy=SHORTEST,
            cap=None,
            request=Request.anew(),
        )
        table = from_json(to_json(EMPTY) | {"rules": rules})
        asked = propose_routing(db, supervisor, programme, table=table, reason=_WHY, request=Request.anew())
    with stage.action() as db:
        agrees, seen = _actor(stage, Role.ADMINISTRATOR), asked.answer["version"]
        decide_routing(db, agrees, programme, agree=True, note="", request=Request.anew(), seen=seen)


def _actor(stage: Stage, key: str) -> Actor:
    actor = find_actor(stage.db, stage.ids[key])
    assert actor is not None
    return actor


__all__ = ["route_tasks"]
