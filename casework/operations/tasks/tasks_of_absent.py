"""What a substitute does meanwhile: the work of each person who is away, with until when. Reads only.

It is what that person holds, and what waits for the officer of the cases that the person owns. What waits in queues the
substitute finds there, for the roles were passed on with the absence. A sealed mediation knows no substitutes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.roles import QUEUE_ROLES, Role
from casework.operations.core.presenters import names_of, when
from casework.operations.core.views import NamedInBoth, row_as
from casework.operations.tasks.my_work import rows_of
from casework.operations.tasks.queries import named_in, placed_row
from casework.operations.tasks.views import MarkedPlacedTask, WorkOfAbsent
from casework.permissions.actors import Actor
from casework.records.access_sql import not_shut_out

#: Of each person.
MOST = 50

_NOW = "m.starts_at <= casework_now() AND m.ends_at > casework_now()"
#: For whom a person stands in now, by which roles and until when.
_AWAY = text(f"""
    SELECT m.deputy_for AS person, p.name, p.name_zh, coalesce(m.programme_id, m.organisation_id) AS scope,
        array_agg(DISTINCT m.role) AS roles, max(m.ends_at) AS until
    FROM memberships m JOIN people p ON p.id = m.deputy_for
    WHERE m.person_id = CAST(:person AS uuid) AND m.absence_id IS NOT NULL AND {_NOW}
    GROUP BY m.deputy_for, p.name, p.name_zh, 4 ORDER BY p.name, 1, 4
""")


def away_for(db: Connection, actor: Actor) -> list[Any]:
    """Whom the actor stands in for now, where, in which roles and until when; of nearly everybody nobody, without a question."""
    if not any(membership.deputy_for for membership in actor.memberships):
        return []
    return list(db.execute(_AWAY, {"person": actor.person}))


def written(away: Iterable[Any]) -> str:
    """Who is away, as the statement takes it."""
    return json.dumps(
        [
            {
                "person": str(absent.person),
                "scope": str(absent.scope),
                "queues": [q for q, roles in QUEUE_ROLES.items() if roles & set(absent.roles)],
            }
            for absent in away
        ]
    )


def their_tasks(window: str = "") -> str:
    """The same for those who ask for tasks alone."""
    return _theirs("", window)


def _theirs(more: str, window: str) -> str:
    """The tasks of those who are away, as a statement."""
    return f"""
    SELECT t.*{more} FROM jsonb_to_recordset(CAST(:away AS jsonb)) AS w(person uuid, scope uuid, queues text[]) CROSS JOIN LATERAL (
        SELECT t.* FROM tasks t WHERE t.holder_id = w.person AND t.state IN ('Reserved', 'InProgress')
        AND coalesce(t.organisation_id, t.programme_id) = w.scope AND t.queue = ANY(w.queues)
        UNION ALL
        SELECT t.* FROM cases o JOIN tasks t ON t.log_id = o.id WHERE o.owner_id = w.person AND o.programme_id = w.scope
        AND o.closed_at IS NULL AND '{Role.OFFICER}' = ANY(w.queues) AND t.state = 'Ready' AND t.queue = '{Role.OFFICER}'
            AND t.organisation_id IS NULL
    ) t WHERE EXISTS (
        SELECT FROM cases o WHERE o.id = t.log_id AND NOT CAST(:person AS text) = ANY(o.interests) AND NOT w.person::text = ANY(o.interests)
    ) AND (t.organisation_id IS NULL OR t.shown_to = w.scope
        AND {not_shut_out("t", "CAST(:person AS text)")} AND {not_shut_out("t", "w.person::text")}) {window}
"""


def list_for_absent(db: Connection, actor: Actor) -> list[WorkOfAbsent]:
    """For each person whom the actor stands in for now: until when, and the tasks, what is due first before the rest."""
    away = away_for(db, actor)
    if not away:
        return []
    given = {"away": written(away), "person": actor.person, "most": MOST * len(away)}
    rows = db.execute(text(rows_of(_theirs(", w.person AS for_whom", ""))), given).all()
    names, library = names_of(db, named_in(rows), {row.organisation_id for row in rows}), load_library()
    by_person = {str(absent.person): absent for absent in away}
    return [
        WorkOfAbsent(
            person=NamedInBoth(id=person, name=absent.name, name_zh=absent.name_zh),
            until=max(when(other.until) for other in away if str(other.person) == person),
            items=[
                row_as(MarkedPlacedTask, placed_row(row, library, names), mark=None)
                for row in rows
                if str(row.for_whom) == person
            ],
        )
        for person, absent in by_person.items()
    ]
