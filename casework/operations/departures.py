"""When a role ends, what was held by it goes back to its queue: at once, and recorded in each case."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, Engine, text

from casework.engine.commands import By, Relieve
from casework.engine.roles import QUEUE_ROLES
from casework.operations import registers
from casework.operations.deeds import SYSTEM, follow, stand
from casework.permissions import Actor, may_work
from casework.records.database import transaction
from casework.records.logs import lock_logs
from casework.records.people import find_actor

_HOMES = text("""
    SELECT DISTINCT t.log_id, l.kind FROM tasks t JOIN logs l ON l.id = t.log_id
    WHERE t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress', 'Suspended') ORDER BY t.log_id
""")
_SCOPES = text("""
    SELECT DISTINCT coalesce(programme_id, organisation_id) FROM memberships WHERE id = ANY(CAST(:ids AS uuid[]))
""")
# What time has ended: held by somebody who has no role any more that works such a queue.
_LEFT_BEHIND = text("""
    SELECT DISTINCT t.log_id, l.kind, t.holder_id FROM memberships m
    JOIN tasks t ON t.holder_id = m.person_id AND t.state IN ('Reserved', 'InProgress', 'Suspended')
    JOIN logs l ON l.id = t.log_id
    WHERE m.ends_at <= (SELECT casework_now()) AND NOT EXISTS (
        SELECT FROM memberships k WHERE k.person_id = m.person_id
        AND coalesce(k.programme_id, k.organisation_id) = coalesce(t.organisation_id, t.programme_id)
        AND k.starts_at <= casework_now() AND (k.ends_at IS NULL OR k.ends_at > casework_now())
        AND CAST(:roles AS jsonb) -> t.queue ? k.role
    ) ORDER BY t.log_id
""")


def end_roles(db: Connection, person: str, memberships: Collection[str], by: By) -> None:
    """End roles of a person now, and take back what the person held by them."""
    scopes = db.execute(_SCOPES, {"ids": sorted(memberships)}).scalars().all()
    homes = db.execute(_HOMES, {"person": person}).all()
    # All at once, so that everybody locks in the same order.
    lock_logs(db, [*scopes, *(row.log_id for row in homes)])
    for membership in memberships:
        registers.end_role(db, membership, by=by.person)
    for row in homes:
        _relieve(db, person, row.log_id, row.kind, by)


def relieve_departed(engine: Engine) -> int:
    """The same for roles that time has ended; gives how many cases it was in. Each is a transaction of its own."""
    with transaction(engine) as db:
        found = db.execute(_LEFT_BEHIND, {"roles": json.dumps({name: sorted(of) for name, of in QUEUE_ROLES.items()})}).all()
    for row in found:
        with transaction(engine) as db:
            _relieve(db, row.holder_id, row.log_id, row.kind, SYSTEM)
    return len(found)


def _relieve(db: Connection, person: str, log: str, kind: str, by: By) -> None:
    left = find_actor(db, person) or Actor(person, "", ())
    standing = stand(db, log, kind)
    held = [task.id for task in standing.case.open_tasks() if task.holder == person]
    for id in held:
        if may_work(left, standing.case, standing.case.tasks[id]) is None:
            follow(db, standing, Relieve(id, person), by)
            standing = stand(db, log, kind)


__all__ = ["end_roles", "relieve_departed"]
