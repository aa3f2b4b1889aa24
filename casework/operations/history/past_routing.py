"""Whether a routing table that a programme had at a moment says of a task what an event keeps of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import text

from casework.engine.decision_tables.tables import TableFault
from casework.engine.state.case import Case, Task
from casework.engine.state.events import Event
from casework.engine.tasks.routing import facts_of, route, routing_in
from casework.engine.tasks.routing_tables import ROUTING_SET
from casework.json_values import JsonObject
from casework.operations.history.point_in_time import Past, about_then


def tables_then(past: Past, programme: str, at: datetime) -> list[JsonObject]:
    """The routing tables that the programme had at that moment or about then, each as its row holds it; empty: none."""
    if programme not in past.routing:
        rows = past.db.execute(_TABLES, {"log": programme, "kind": ROUTING_SET})
        past.routing[programme] = [(None, {}), *((row.at, row.routing or {}) for row in rows)]
    return about_then(past.routing[programme], at)


def routed_against(past: Past, before: Case, task: Task, event: Event) -> Iterator[str]:
    """What speaks against what an allocation says of the programme's table, which is asked again of what the log tells."""
    routed = event.effects["allocation"].get("routed")
    if task.organisation is not None:
        if routed is not None:
            yield "the routing table of a programme was asked of a task of an organisation"
        return
    stood = tables_then(past, before.programme, event.at)
    if routed is None:
        if all(stood):
            yield "the programme had a routing table, which was not asked"
        return
    opened = past.db.execute(_AS_OPENED, {"log": before.log}).scalar()
    facts = facts_of(before, task, opened or {})
    try:
        tables = [routing for kept in stood if (routing := routing_in(kept)) is not None]
        said = [route(routing, facts) for routing in tables]
    except (KeyError, TableFault):
        yield "the programme had no routing table that can be read"
        return
    if routed not in said:
        yield "the routing table that the programme had then says something else of the task"


#: The routing tables that a programme had, in order.
_TABLES = text("""
    SELECT at, effects->'routing' AS routing FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind ORDER BY seq
""")
#: What a case was opened with.
_AS_OPENED = text("SELECT effects->'case'->'as_opened' FROM events WHERE log_id = CAST(:log AS uuid) AND seq = 1")

__all__ = ["routed_against", "tables_then"]
