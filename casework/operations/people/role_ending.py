"""When a role ends, what was held by it goes back to its queue: at once, and recorded in each case."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType

from sqlalchemy import Connection, Engine, text

from casework.engine.execution.context import By
from casework.engine.roles import QUEUE_ROLES
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.cases.relief import relieve
from casework.operations.core.perform import SYSTEM
from casework.operations.people import registry
from casework.records.database import transaction
from casework.records.event_log import lock_logs
from casework.records.row_security import whole

#: The logs in which some people hold tasks.
_HOMES = text("""
    SELECT DISTINCT t.log_id, l.kind, t.holder_id FROM tasks t JOIN logs l ON l.id = t.log_id
    WHERE t.holder_id = ANY(CAST(:people AS uuid[])) AND t.state IN ('Reserved', 'InProgress', 'Suspended')
    ORDER BY t.log_id, t.holder_id
""")
#: The roles that end with some others. With a role ends what a substitute has of it, and a substitute's substitute.
_ENDING = text("""
    WITH RECURSIVE e AS (
        SELECT id, person_id, coalesce(programme_id, organisation_id) AS scope, 0 AS depth FROM memberships
        WHERE id = ANY(CAST(:ids AS uuid[]))
        UNION SELECT m.id, m.person_id, e.scope, e.depth + 1 FROM e JOIN memberships m ON m.via_id = e.id
        WHERE m.ends_at IS NULL OR m.ends_at > casework_now()
    ) SELECT id, person_id, scope FROM e ORDER BY depth, id
""")
#: The logs of tasks that are held without a role.
#: What time has ended: held by somebody who has no role any more that works such a queue.
_LEFT_BEHIND = text("""
    SELECT DISTINCT t.log_id, l.kind, t.holder_id FROM memberships m
    JOIN tasks t ON t.holder_id = m.person_id AND t.state IN ('Reserved', 'InProgress', 'Suspended')
    JOIN logs l ON l.id = t.log_id
    WHERE m.ends_at <= (SELECT casework_now()) AND NOT EXISTS (
        SELECT FROM memberships k WHERE k.person_id = m.person_id
        AND coalesce(k.programme_id, k.organisation_id) = coalesce(t.organisation_id, t.programme_id)
        AND k.starts_at <= casework_now() AND (k.ends_at IS NULL OR k.ends_at > casework_now())
        AND CAST(:roles AS jsonb) -> t.queue ? k.role AND (
            -- As an officer only one's own cases, and those of whom one stands in for.
            k.role <> 'officer' OR NOT EXISTS (
                SELECT FROM cases c WHERE c.id = t.log_id AND c.owner_id IS NOT NULL
                AND coalesce(k.deputy_for, k.person_id) <> ALL(c.team || c.owner_id)
            )
        )
    ) ORDER BY t.log_id
""")

_NONE: Mapping[str, str] = MappingProxyType({})


def end_roles(
    db: Connection,
    memberships: Collection[str],
    by: By,
    *,
    also: Collection[str] = (),
    because: RegisterEffects | None = None,
    groups: Mapping[str, str] = _NONE,
) -> None:
    """End roles now, with what substitutes have of them, and take back what was held by them; `also`: logs to lock with theirs.

    `groups`: of roles that a group at the provider of sign-in gave, which one it was.
    """
    came = {membership: RegisterEffects(group=group) for membership, group in groups.items()}
    # Also in cases that whoever ends them does not see.
    with whole(db):
        _end_roles(db, memberships, by, also, lambda membership: came.get(membership, because))


def _end_roles(
    db: Connection,
    memberships: Collection[str],
    by: By,
    also: Collection[str],
    because: Callable[[str], RegisterEffects | None],
) -> None:
    ids = {"ids": sorted(memberships)}
    ending = db.execute(_ENDING, ids).all()
    homes = db.execute(_HOMES, {"people": sorted({row.person_id for row in ending})}).all()
    # All at once, so that everybody locks in the same order.
    lock_logs(db, [*(row.scope for row in ending), *(row.log_id for row in homes), *also])
    # Again under the lock: something may have been passed on meanwhile.
    ended = {
        (row.person_id, row.scope)
        for row in db.execute(_ENDING, ids).all()
        if registry.end_role(db, row.id, because=because(str(row.id)), by=by.person)
    }
    for row in homes:
        relieve(
            db,
            row.holder_id,
            row.log_id,
            row.kind,
            by,
            scopes={scope for person, scope in ended if person == row.holder_id},
        )


def relieve_departed(engine: Engine) -> int:
    """The same for roles that time has ended; gives how many cases it was in. Each is a transaction of its own."""
    with transaction(engine) as db:
        rows = db.execute(
            _LEFT_BEHIND, {"roles": json.dumps({name: sorted(of) for name, of in QUEUE_ROLES.items()})}
        ).all()
    for row in rows:
        with transaction(engine) as db:
            relieve(db, row.holder_id, row.log_id, row.kind, SYSTEM)
    return len(rows)


__all__ = ["end_roles", "relieve_departed"]
