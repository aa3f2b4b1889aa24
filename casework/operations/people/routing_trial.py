"""What a routing table would have made of past tasks: which of them would have come to somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.parts import REFERRAL, SENDS
from casework.engine.tasks.allocation import IN_PROGRAMMES, again, choose, named_by
from casework.engine.tasks.routing import Routing, facts, route
from casework.engine.tasks.routing_tables import OF_ROUTING, table_in
from casework.operations.core.presenters import names_of
from casework.operations.core.views import TaskKey, to_named
from casework.operations.people.letterheads import insist_sets
from casework.operations.people.programme_routing import tables_of
from casework.operations.people.routing_views import RoutingTrial, TriedTask
from casework.operations.people.setting_decisions import read_proposals, waiting_of
from casework.permissions.actors import Actor

#: So many of the newest tasks are tried.
MOST = 200
#: The newest tasks of a programme that came to somebody: what a table may ask of each, and why a rule gave it to whom it did.
_TASKS = text(f"""
    SELECT t.id, t.edition, t.about, t.rule, t.type, t.queue, t.opened_at, k.kind AS service, c.number, c.opened_at AS case_opened_at,
        coalesce(t.holder_id::text, t.closed_by) AS person,
        (SELECT r.fired->(r.played->>'{SENDS}')->'data'->'amount' FROM tracks r
            WHERE r.id = CASE WHEN k.part = '{REFERRAL}' THEN k.id ELSE k.parent_id END AND r.part = '{REFERRAL}') AS wanted,
        (SELECT e.effects->'case'->'as_opened' FROM events e WHERE e.log_id = t.log_id AND e.seq = 1) AS as_opened,
        (SELECT e.effects->'allocation' FROM events e WHERE e.log_id = t.log_id AND e.kind = 'assigned'
            AND e.effects->>'task' = t.id::text AND e.effects ? 'allocation' ORDER BY e.seq DESC LIMIT 1) AS allocation
    FROM tasks t JOIN tracks k ON k.id = t.track_id JOIN cases c ON c.id = t.log_id
    WHERE t.programme_id = CAST(:programme AS uuid) AND t.organisation_id IS NULL AND t.queue = ANY(:queues)
    AND EXISTS (SELECT FROM people p WHERE p.id::text = coalesce(t.holder_id::text, t.closed_by))
    ORDER BY t.id DESC LIMIT :most
""")


def try_routing(db: Connection, actor: Actor, programme: str) -> RoutingTrial:
    """Try the table that is proposed on past tasks, or the one in force where none is. Raises NotFound, NotAllowed.

    Where a rule gave a task to somebody, it is asked again with the same people and the same figures. Where people took it themselves,
    it would have come to whom a row names.
    """
    insist_sets(actor, programme)
    proposals = read_proposals(db, programme, OF_ROUTING)
    waiting = waiting_of(proposals)
    number, table, _ = tables_of(proposals)[-1]
    routing = Routing(number + 1, table_in(waiting)) if waiting is not None else Routing(number, table)
    rows = db.execute(_TASKS, {"programme": programme, "queues": sorted(IN_PROGRAMMES), "most": MOST}).all()
    told = [(row, *_would(routing, row)) for row in rows]
    elsewhere = [(row, hits, who) for row, hits, who in told if who is not None and who != row.person]
    names = names_of(db, {row.person for row, _, _ in elsewhere} | {who for _, _, who in elsewhere})
    return RoutingTrial(
        proposed=waiting is not None,
        tried=len(told),
        hit=sum(bool(hits) for _, hits, _ in told),
        items=[
            TriedTask(
                id=row.id,
                task=TaskKey(edition=row.edition, rule=row.rule, type=row.type, about=row.about),
                case=row.number,
                queue=row.queue,
                hits=hits,
                was=to_named(row.person, names),
                would=to_named(who, names),
            )
            for row, hits, who in elsewhere
        ],
    )


def _would(routing: Routing, row: Any) -> tuple[list[int], str | None]:
    """The rows that hold, and to whom the task would have come; None where nobody can say so."""
    opened: Mapping[str, Any] = row.as_opened or {}
    age = row.opened_at - row.case_opened_at
    place = (row.queue, row.service, row.type)
    routed = route(routing, facts(place=place, as_opened=opened, wanted=row.wanted, age=age))
    wanted = named_by(routed)
    if row.allocation is None:
        return routed["hits"], next(iter(wanted)) if len(wanted) == 1 else None
    rule, among, _ = again(row.allocation)
    choice = choose(rule, among, row.allocation.get("asks", ()), wanted)
    return routed["hits"], choice.person if choice is not None else None


__all__ = ["MOST", "try_routing"]
