"""How queues give tasks to people by themselves: who chooses it, and the worker's part.

A task that becomes ready is nobody's for a moment; then the rule of its queue gives it to somebody, as an action of the
system with the reason. What a person has given back or handed on is left to people.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.engine.execution.task_commands import Allocate
from casework.engine.roles import Role
from casework.engine.state.case import READY, Case, Task
from casework.engine.state.case_values import Routed
from casework.engine.state.register_effects import QueueRule
from casework.engine.tasks.allocation import (
    HIGHEST_CAP,
    IN_ORGANISATIONS,
    IN_PROGRAMMES,
    NONE,
    SKILL,
    STRATEGIES,
    Candidate,
    Rule,
    choose,
    named_by,
    why_nobody,
    written,
)
from casework.engine.tasks.routing import facts_of, route, routing_in
from casework.errors import InvalidForm, NotFound
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.perform import by_system, new_id, stand
from casework.operations.core.register_log import CHANGED, append
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.people.absences import substitutes_of
from casework.operations.tasks.skills import asked_of, skills_of
from casework.operations.tasks.views import Allocation, Unallocated
from casework.permissions.actors import Actor
from casework.permissions.visibility import Sight, sight
from casework.permissions.work import led_scopes, may_have
from casework.records.actors import find_members
from casework.records.database import transaction
from casework.records.event_log import lock_log

#: Tasks of a queue that are looked at in one go.
MOST = 200
#: What found nobody is looked at again after so long, for somebody may be back or have fewer tasks.
AGAIN_S = 30

# --- what is chosen --------------------------------------------------------------------------------------------------

#: Some programmes and organisations, with the rule of each queue.
_SCOPES = text("""
    SELECT s.id, s.name, s.name_zh, s.kind, (
        SELECT coalesce(jsonb_object_agg(a.queue, jsonb_build_object('strategy', a.strategy, 'cap', a.cap)), '{}')
        FROM allocations a WHERE a.scope_id = s.id
    ) AS rules
    FROM (
        SELECT id, name, name_zh, 'programme' AS kind FROM programmes WHERE id = ANY(CAST(:scopes AS uuid[]))
        UNION ALL SELECT id, name, name_zh, 'organisation' FROM organisations WHERE id = ANY(CAST(:scopes AS uuid[]))
    ) s ORDER BY s.name, s.id
""")


def list_allocations(db: Connection, actor: Actor) -> Page[Allocation]:
    """Every queue whose allocation the actor chooses, with how it allocates now. Raises NotFound where there is none."""
    scopes = led_scopes(actor)
    if not scopes:
        raise NotFound
    items = [
        Allocation(
            scope=row_as(NamedInBoth, row),
            queue=queue,
            **({"strategy": NONE, "cap": None} | row.rules.get(queue, {})),
        )
        for row in db.execute(_SCOPES, {"scopes": sorted(scopes)})
        for queue in _queues_of(row.kind)
    ]
    return Page(items=items)


def choose_allocation(
    db: Connection, actor: Actor, *, scope: str, queue: str, strategy: str, cap: int | None, request: Request
) -> Done:
    """Say how a queue of the actor's programme or organisation gives tasks to people from now on. Raises NotFound."""
    by = led_scopes(actor).get(scope)
    if by is None:
        raise NotFound("queue")
    kind = "programme" if by.organisation is None else "organisation"
    faults = {}
    if queue not in _queues_of(kind):
        faults["queue"] = reasons.fields.ONE_OF(choices=_queues_of(kind))
    if strategy not in STRATEGIES:
        faults["strategy"] = reasons.fields.ONE_OF(choices=STRATEGIES)
    if cap is not None and not 1 <= cap <= HIGHEST_CAP:
        faults["cap"] = reasons.fields.WHOLE_BETWEEN(least=1, most=HIGHEST_CAP)
    if faults:
        raise InvalidForm(fields=faults)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    # The rule before the log: whoever allocates by it now does so before the moment from which another one holds.
    old = db.execute(_RULE_OF, {"scope": scope, "queue": queue}).one_or_none()
    log = lock_log(db, scope)
    cap = None if strategy == NONE else cap
    id, since = (new_id(), log.now) if old is None else (old.id, old.since)
    if old is not None and NONE in (old.strategy, strategy):
        since = log.now
    rule: QueueRule = {"id": id, "queue": queue, "strategy": strategy, "cap": cap, "since": since.isoformat()}
    event = log.next_event(
        CHANGED,
        by.person,
        acting_for=by.acting_for,
        role=by.role,
        organisation=by.organisation,
        effects={"allocation": rule},
    )
    append(db, log, [event], request.key_hash)
    db.execute(_KEEP, {**rule, "scope": scope})
    return finish(db, actor, request, Done({"id": id}))


def fold(changes: Iterable[QueueRule]) -> list[QueueRule]:
    """The rules that a log adds up to: of each queue the last."""
    return list({change["queue"]: change for change in changes}.values())


#: The rule of a queue, locked.
_RULE_OF = text("""
    SELECT id, strategy, cap, since FROM allocations WHERE scope_id = CAST(:scope AS uuid) AND queue = :queue FOR UPDATE
""")
#: Keeps the rule of a queue.
_KEEP = text("""
    INSERT INTO allocations (id, scope_id, queue, strategy, cap, since)
    VALUES (:id, :scope, :queue, :strategy, :cap, CAST(:since AS timestamptz))
    ON CONFLICT (id) DO UPDATE SET strategy = excluded.strategy, cap = excluded.cap, since = excluded.since
""")


def _queues_of(kind: str) -> tuple[str, ...]:
    return IN_PROGRAMMES if kind == "programme" else IN_ORGANISATIONS


# --- the worker's part -----------------------------------------------------------------------------------------------

#: The tasks that a rule `a` may give to somebody.
#: A task of a sealed mediation is in no case, and what a person gave back or forwarded is for people. Each branch has an
#: index of its own, and a queue without a rule costs nothing.
_FREE = """
    SELECT t.id, t.log_id, t.turn_at FROM tasks t
    WHERE {where} AND t.state = 'Ready' AND t.queue = a.queue AND t.opened_at >= a.since AND t.handed IS NULL {more}
    AND EXISTS (SELECT FROM cases c WHERE c.id = t.log_id)
    AND NOT EXISTS (
        SELECT FROM events e WHERE e.log_id = t.log_id AND e.kind IN ('released', 'forwarded') AND e.effects->>'task' = t.id::text
    )
"""
_OF_EITHER = ("t.programme_id = a.scope_id AND t.organisation_id IS NULL", "t.organisation_id = a.scope_id")


def _free(more: str = "") -> str:
    return " UNION ALL ".join(_FREE.format(where=where, more=more) for where in _OF_EITHER)


_NEWS = "AND (a.looked_at IS NULL OR a.looked_at < casework_now() - make_interval(secs => :again) OR t.opened_at > a.looked_at)"
#: The rules that have a task to give.
_DUE = """
    SELECT a.id FROM allocations a CROSS JOIN LATERAL (SELECT 1 FROM ({free}) f LIMIT 1) t
    WHERE a.strategy <> 'none' AND {but} ORDER BY a.id LIMIT :most
"""
#: The tasks that a rule has to give, in their order.
_WAITING = text(f"""
    SELECT t.id, t.log_id FROM allocations a CROSS JOIN LATERAL ({_free()}) t
    WHERE a.id = CAST(:id AS uuid) AND a.strategy <> 'none' ORDER BY t.turn_at, t.id LIMIT :most
""")
#: A rule and whose turn it is, locked.
_LOCKED = text("SELECT scope_id, strategy, cap, turns FROM allocations WHERE id = CAST(:id AS uuid) FOR UPDATE")
#: How much work each of some people has.
#: What waits for each: what they hold, and of the cases that they own what is there to be done. Sealed mediations do not
#: count, for the figure stands in histories.
_LOADS = text(f"""
    SELECT p.id::text, (
        SELECT count(*) FROM tasks t WHERE t.holder_id = p.id AND t.state IN ('Reserved', 'InProgress')
        AND coalesce(t.organisation_id, t.programme_id) = CAST(:scope AS uuid) AND EXISTS (SELECT FROM cases c WHERE c.id = t.log_id)
    ) + (
        SELECT count(*) FROM cases c JOIN tasks t ON t.log_id = c.id WHERE c.owner_id = p.id AND c.closed_at IS NULL
        AND c.programme_id = CAST(:scope AS uuid) AND t.state = 'Ready' AND t.queue = '{Role.OFFICER}' AND t.organisation_id IS NULL
    ) AS load
    FROM unnest(CAST(:people AS uuid[])) AS p(id)
""")
#: How often each of some people has acted in a log.
_ACTIONS = text("""
    SELECT actor_id, count(*) AS actions FROM events WHERE log_id = CAST(:log AS uuid) AND actor_id = ANY(:people) GROUP BY actor_id
""")


def list_due(db: Connection, *, but: str, most: int) -> list[str]:
    """Allocations for which a task waits. `but` is a condition on `a.id` that leaves some out."""
    return list(db.execute(text(_DUE.format(but=but, free=_free(_NEWS))), {"again": AGAIN_S, "most": most}).scalars())


def allocate_due(engine: Engine) -> int:
    """Give what waits in every queue that has a rule to people; gives how many found somebody."""
    with transaction(engine) as db:
        due = list_due(db, but="true", most=MOST)
    return sum(allocate_queue(engine, allocation) for allocation in due)


def allocate_queue(engine: Engine, allocation: str) -> int:
    """Give what waits in a queue to people, each task in a transaction of its own; gives how many found somebody."""
    with transaction(engine) as db:
        at = db.execute(text("SELECT casework_now()")).scalar_one()
        waiting = db.execute(_WAITING, {"id": allocation, "most": MOST}).all()
    given = 0
    for task in waiting:
        with transaction(engine) as db:
            given += allocate_task(db, allocation, task.id, task.log_id)
    with transaction(engine) as db:
        db.execute(
            text("UPDATE allocations SET looked_at = :at WHERE id = CAST(:id AS uuid)"), {"at": at, "id": allocation}
        )
    return given


def allocate_task(db: Connection, allocation: str, task: str, log: str) -> bool:
    """Give one task to somebody, if its queue still has a rule, it is still free, and somebody may have it."""
    row = db.execute(_LOCKED, {"id": allocation}).one()
    standing = stand(db, log, "case")
    waiting = standing.case.tasks.get(task)
    if row.strategy == NONE or waiting is None or waiting.state != READY or waiting.handed is not None:
        return False
    rule = Rule(row.strategy, row.cap)
    asks = asked_of(db, standing.case, waiting) if rule.strategy == SKILL else frozenset()
    candidates = _candidates(db, standing.library, standing.case, waiting, row.turns, asks=asks)
    routed = _route(db, standing.case, waiting)
    choice = choose(rule, candidates, asks, named_by(routed))
    if choice is None:
        return False
    by_system(db, standing, Allocate(task, choice.person, written(rule, candidates, choice, asks, routed)))
    turns = row.turns | {choice.person: max(row.turns.values(), default=0) + 1}
    db.execute(
        text("UPDATE allocations SET turns = CAST(:turns AS jsonb) WHERE id = CAST(:id AS uuid)"),
        {"turns": json.dumps(turns), "id": allocation},
    )
    return True


def _route(db: Connection, case: Case, task: Task) -> Routed | None:
    """What the programme's table says of a task in one of its own queues; None where it has none."""
    if task.organisation is not None:
        return None
    row = db.execute(_ROUTING, {"log": case.log, "programme": case.programme}).one()
    routing = routing_in(row.routing)
    return None if routing is None else route(routing, facts_of(case, task, row.as_opened or {}))


#: The table by which a programme's queues give tasks, and what a case was opened with.
_ROUTING = text("""
    SELECT p.routing, (
        SELECT e.effects->'case'->'as_opened' FROM events e WHERE e.log_id = CAST(:log AS uuid) AND e.seq = 1
    ) AS as_opened FROM programmes p WHERE p.id = CAST(:programme AS uuid)
""")


def _candidates(
    db: Connection, library: Library, case: Case, task: Task, turns: Mapping[str, int], *, asks: frozenset[str]
) -> list[Candidate]:
    """Everybody who is there and may have the task; who is away is stood in for by the substitute, who is among them."""
    scope = task.organisation or case.programme
    members = find_members(db, organisations=[scope]) if task.organisation else find_members(db, programmes=[scope])
    away = substitutes_of(db, [scope])
    edition = library[task.edition]
    people = [
        member.person for member in members if member.person not in away and may_have(member, case, task, edition)
    ]
    loads = {row.id: row.load for row in db.execute(_LOADS, {"scope": scope, "people": sorted(people)})}
    actions = {row.actor_id: row.actions for row in db.execute(_ACTIONS, {"log": case.log, "people": people})}
    skills = skills_of(db, scope, people) if asks else {}
    return [
        Candidate(
            person, loads[person], turns.get(person, 0), actions.get(person, 0), skills.get(person, frozenset()) & asks
        )
        for person in people
    ]


def explain_waiting(db: Connection, actor: Actor, case: Case, task: Task) -> Unallocated | None:
    """Why the rule of its queue gives a task to nobody; None where it has none or a person decides.

    What it asks for stands there for whoever reads the whole case: a provider is told the need's field when it accepts.
    """
    if case.kind != "case" or task.state != READY or task.handed is not None:
        return None
    row = db.execute(
        _RULE_FOR, {"task": task.id, "queue": task.queue, "scope": task.organisation or case.programme}
    ).one_or_none()
    if row is None:
        return None
    rule = Rule(row.strategy, row.cap)
    asks = asked_of(db, case, task) if rule.strategy == SKILL else frozenset()
    candidates = _candidates(db, load_library(), case, task, row.turns, asks=asks)
    why = why_nobody(rule, candidates, asks, named_by(_route(db, case, task)))
    if why is None:
        return None
    return Unallocated(why=why, asks=sorted(asks) if sight(actor, case) == Sight.ALL else [])


#: The rule that gives a task to somebody. What a person gave back is for people.
_RULE_FOR = text("""
    SELECT a.strategy, a.cap, a.turns FROM allocations a JOIN tasks t ON t.id = CAST(:task AS uuid)
    WHERE a.scope_id = CAST(:scope AS uuid) AND a.queue = :queue AND a.strategy <> 'none' AND t.opened_at >= a.since
    AND NOT EXISTS (
        SELECT FROM events e WHERE e.log_id = t.log_id AND e.kind IN ('released', 'forwarded') AND e.effects->>'task' = t.id::text
    )
""")


__all__ = [
    "allocate_queue",
    "allocate_due",
    "allocate_task",
    "choose_allocation",
    "explain_waiting",
    "fold",
    "list_allocations",
    "list_due",
]
