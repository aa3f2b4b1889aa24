"""Who leads a sealed mediation next: whom it may be given to, and to whom it goes when its dispute officer has left.

Nobody but those named may know that it is there. So whoever ends the role or closes the account is asked nothing, and sees
nothing: the mediation goes to another dispute officer of the programme by itself.
"""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from casework.engine.execution.commands import HandOver
from casework.engine.state.case import Case
from casework.operations.core.perform import by_system, stand
from casework.records.access_sql import DECIDING
from casework.records.database import transaction
from casework.records.row_security import whole

_HOLDS = """d.role = 'dispute_officer' AND d.programme_id = m.programme_id AND d.deputy_for IS NULL AND p.active AND NOT p.service
    AND d.starts_at <= casework_now() AND (d.ends_at IS NULL OR d.ends_at > casework_now())"""
#: Whoever decided in the case, has an interest in either, or works for the mediation's provider, leads none about it.
APART = f"""(
    CAST(p.id AS text) = ANY(m.interests)
    OR EXISTS (SELECT FROM cases c WHERE c.id = m.case_id AND (CAST(p.id AS text) = ANY(c.interests) OR p.id = c.owner_id
        OR p.id = ANY(c.team)))
    OR EXISTS (
        SELECT FROM events e WHERE e.log_id = m.case_id AND e.actor_id = CAST(p.id AS text) AND e.header->>'role' IN {DECIDING}
    )
    OR EXISTS (
        SELECT FROM memberships o JOIN tracks r ON r.log_id = m.id AND r.provider_id = o.organisation_id WHERE o.person_id = p.id
        AND o.starts_at <= casework_now() AND (o.ends_at IS NULL OR o.ends_at > casework_now())
    )
)"""
#: Who could lead a mediation `m`, whether they are named or away, and how many they lead.
_MAY_LEAD = f"""
    SELECT DISTINCT p.id, p.name, p.id = ANY(m.team) AS named, EXISTS (
        SELECT FROM absences a WHERE a.person_id = p.id AND a.scope_id = m.programme_id
        AND a.starts_at <= casework_now() AND a.ends_at > casework_now()
    ) AS away, (SELECT count(*) FROM mediations o WHERE o.owner_id = p.id AND o.closed_at IS NULL) AS live
    FROM memberships d JOIN people p ON p.id = d.person_id WHERE {_HOLDS} AND NOT {APART}
"""
#: Who could lead a mediation, the best first.
#: Those who are named for it first; then whoever is there, and has the fewest.
_LEADERS = text(f"""
    SELECT s.id, s.name FROM mediations m CROSS JOIN LATERAL ({_MAY_LEAD}) s WHERE m.id = CAST(:id AS uuid)
    ORDER BY s.named DESC, s.away, s.live, s.name, s.id
""")
#: The mediations that nobody leads any more: its dispute officer is none now, and somebody else could lead it.
_LEFT = """
    SELECT m.id FROM mediations m WHERE m.closed_at IS NULL AND NOT EXISTS (
        SELECT FROM memberships d JOIN people p ON p.id = d.person_id WHERE d.person_id = m.owner_id AND {holds}
    ) AND EXISTS ({leads}) AND {but} AND (CAST(:only AS uuid) IS NULL OR m.id = CAST(:only AS uuid)) ORDER BY m.opened_at, m.id LIMIT :most
"""


def who_may_lead(db: Connection, mediation: Case) -> list[tuple[str, str]]:
    """Whom a mediation may be given to, or whoever leads it already: (id, name), the likeliest first."""
    # Who decided in the case, its whole history tells.
    with whole(db):
        return [(row.id, row.name) for row in db.execute(_LEADERS, {"id": mediation.log})]


def list_left(db: Connection, *, but: str = "true", only: str | None = None, most: int = 100) -> list[str]:
    """Live mediations that nobody leads and somebody could. `but` is a condition on `m.id` that leaves some out."""
    query = text(_LEFT.format(holds=_HOLDS, leads=_MAY_LEAD, but=but))
    return list(db.execute(query, {"most": most, "only": only}).scalars())


def pass_on(engine: Engine, mediation: str) -> None:
    """Let a mediation go to another dispute officer, unless somebody who leads it is there again."""
    with transaction(engine) as db:
        standing = stand(db, mediation, "mediation")
        # Again under the lock: another process may have been faster.
        if not list_left(db, only=mediation):
            return
        case, next_one = standing.case, who_may_lead(db, standing.case)[0][0]
        by_system(db, standing, HandOver(next_one, tuple(member for member in case.team if member != next_one)))


def pass_on_all(engine: Engine) -> int:
    """The same for every mediation that nobody leads; gives how many there were. Each is a transaction of its own."""
    with transaction(engine) as db:
        left = list_left(db)
    for mediation in left:
        pass_on(engine, mediation)
    return len(left)


__all__ = ["APART", "list_left", "pass_on", "pass_on_all", "who_may_lead"]
