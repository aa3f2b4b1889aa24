"""What a supervisor looks after: decisions that wait, and the load of each officer. Reads only."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.definition.editions import Edition, StateRule, TaskRule
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.operations.core.overdue_sql import STANDING
from casework.operations.core.presenters import names_of, when
from casework.operations.core.reader_names import titled
from casework.operations.core.views import NamedInBoth, row_as, rows_as, to_named
from casework.operations.tasks.queries import WORDS, named_in, placed_row
from casework.operations.tasks.views import Decision, Left, Load, StandIn, Team, Unowned
from casework.permissions.actors import Actor
from casework.records.access_sql import mediated

#: The queues in which people decide on what others have prepared.
DECIDING = (Role.SUPERVISOR, Role.COMPLIANCE)
MOST = 200

#: To a task `t` whose action opened it: a person's, or what followed by itself from a person's, however far.
_OPENED = f"""
    LEFT JOIN LATERAL (
        WITH RECURSIVE causes AS (
            SELECT e.actor_id, CAST(e.header->>'because' AS bigint) AS because FROM events e
            WHERE e.log_id = t.log_id AND e.at = t.opened_at
            AND e.effects->'tasks' @> jsonb_build_array(jsonb_build_object('id', CAST(t.id AS text)))
            UNION ALL
            SELECT b.actor_id, CAST(b.header->>'because' AS bigint) FROM causes c
            JOIN events b ON b.log_id = t.log_id AND b.seq = c.because WHERE c.actor_id = '{SYSTEM_ACTOR}'
        )
        SELECT actor_id AS opener FROM causes WHERE actor_id <> '{SYSTEM_ACTOR}' LIMIT 1
    ) o ON t.type <> 'decision'
"""
#: The decisions that a person may take or holds.
#: Ready in a queue of the actor's, or held by the actor already; one's own proposals too, for they wait for another.
_DECISIONS = text(f"""
    SELECT t.*, l.kind AS log_kind, c.number, {titled("c")} AS title, r.parent_id, r.part, r.provider_id, p.actor_id AS proposer,
        p.acting_for AS proposed_for, p.transition, o.opener, 0 AS reminded, {STANDING}, {WORDS}
    FROM (
        SELECT t.* FROM jsonb_to_recordset(CAST(:queues AS jsonb)) AS q(queue text, scope uuid) CROSS JOIN LATERAL (
            SELECT t.* FROM tasks t WHERE t.state = 'Ready' AND t.queue = q.queue AND t.programme_id = q.scope
            AND t.organisation_id IS NULL ORDER BY t.turn_at, t.id LIMIT :most
        ) t
        UNION ALL
        SELECT t.* FROM tasks t WHERE t.holder_id = CAST(:person AS uuid) AND t.state IN ('Reserved', 'InProgress')
        AND t.queue = ANY(CAST(:names AS text[]))
    ) t
    JOIN logs l ON l.id = t.log_id JOIN cases c ON c.id = t.log_id JOIN tracks r ON r.id = t.track_id
    LEFT JOIN proposals p ON p.task_id = t.id {_OPENED}
    WHERE NOT CAST(:person AS text) = ANY(c.interests) AND NOT {mediated("CAST(:person AS uuid)", "c.programme_id", "c.opened_at")}
    ORDER BY t.turn_at, t.id LIMIT :most
""")


def list_decisions(db: Connection, actor: Actor) -> list[Decision]:
    """What waits for the actor's decision, the first due first: kind, who asked, and whether it was the actor."""
    queues = sorted({(m.role, m.programme) for m in actor.memberships if m.role in DECIDING and m.programme})
    given = {
        "queues": _json(queues),
        "names": sorted({queue for queue, _ in queues}),
        "person": actor.person,
        "most": MOST,
    }
    rows = db.execute(_DECISIONS, given).all()
    names = names_of(db, {row.proposer for row in rows} | {row.opener for row in rows} | named_in(rows))
    library = load_library()
    decisions = []
    for row in rows:
        kind = _subject(library[row.edition], row) or ("proposals" if row.type == "decision" else "others")
        decisions.append(
            row_as(
                Decision,
                placed_row(row, library, names),
                decides=kind,
                asked_by=to_named(row.proposer, names),
                opened_by=to_named(row.opener, names),
                asked_by_oneself=actor.person in (row.proposer, row.proposed_for),
            )
        )
    return decisions


def _subject(edition: Edition, row: Any) -> str:
    """What a decision is about, as the definition says it of its step, its task or what was proposed."""
    if row.type == "decision":
        return next((rule.decides for rule in edition.transitions if rule.name == row.rule), "")
    rules: Mapping[str, StateRule | TaskRule] = edition.states if row.type == "step" else edition.tasks
    return rules[str(row.rule)].decides


def _json(queues: Sequence[tuple[str, str]]) -> str:
    return json.dumps([{"queue": queue, "scope": scope} for queue, scope in queues])


#: The officers of some programmes, with their cases and open tasks.
_TEAM = text(f"""
    SELECT p.id, p.name, p.name_zh, g.id AS programme_id, g.code,
        coalesce(c.live, 0) AS live, coalesce(c.on_hold, 0) AS on_hold, coalesce(w.open, 0) AS open,
        coalesce(w.overdue, 0) AS overdue, w.first_due
    FROM (
        SELECT DISTINCT m.person_id, m.programme_id FROM memberships m WHERE m.role = 'officer'
        AND m.programme_id = ANY(CAST(:programmes AS uuid[])) AND m.deputy_for IS NULL
        AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    ) o JOIN people p ON p.id = o.person_id JOIN programmes g ON g.id = o.programme_id
    LEFT JOIN LATERAL (
        SELECT count(*) AS live, count(*) FILTER (WHERE hold IS NOT NULL) AS on_hold FROM cases
        WHERE owner_id = p.id AND programme_id = g.id AND closed_at IS NULL
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT count(*) AS open, count(*) FILTER (WHERE x.late) AS overdue, min(x.due_at) FILTER (WHERE NOT x.still) AS first_due
        FROM (
            SELECT t.due_at, {STANDING} FROM tasks t WHERE t.holder_id = p.id AND t.programme_id = g.id
            AND t.state IN ('Reserved', 'InProgress')
            UNION ALL
            SELECT t.due_at, {STANDING} FROM cases h JOIN tasks t ON t.log_id = h.id WHERE h.owner_id = p.id AND h.programme_id = g.id
            AND h.closed_at IS NULL AND t.state = 'Ready' AND t.queue = 'officer' AND t.organisation_id IS NULL
        ) x
    ) w ON true
    ORDER BY g.code, w.overdue DESC NULLS LAST, p.name, p.id LIMIT :most
""")
#: How many open cases have no owner, by programme.
_UNOWNED = text("""
    SELECT g.code, count(*) AS count FROM cases c JOIN programmes g ON g.id = c.programme_id
    WHERE c.programme_id = ANY(CAST(:programmes AS uuid[])) AND c.closed_at IS NULL AND c.owner_id IS NULL
    GROUP BY g.code ORDER BY g.code
""")


#: Whose cases wait for somebody who has left.
_LEFT = text("""
    SELECT p.id, p.name, p.name_zh, count(*) AS count FROM cases c JOIN people p ON p.id = c.owner_id
    WHERE c.programme_id = ANY(CAST(:programmes AS uuid[])) AND c.closed_at IS NULL AND (NOT p.active OR NOT EXISTS (
        SELECT FROM memberships m WHERE m.person_id = p.id AND m.programme_id = c.programme_id AND m.role = 'officer'
        AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    )) GROUP BY p.id, p.name, p.name_zh ORDER BY p.name, p.id LIMIT :most
""")


#: Who is away now, who stands in, and until when.
_ABSENT = text("""
    SELECT a.person_id, a.scope_id, a.ends_at, s.id, s.name, s.name_zh FROM absences a JOIN people s ON s.id = a.substitute_id
    WHERE a.scope_id = ANY(CAST(:programmes AS uuid[])) AND a.starts_at <= casework_now() AND a.ends_at > casework_now()
    ORDER BY a.ends_at, a.id LIMIT :most
""")


def list_team(db: Connection, actor: Actor) -> Team:
    """Each officer of the programmes that the actor supervises: live cases, open tasks, overdue, and who is away.

    And cases that nobody owns, or somebody who has left.
    """
    given = {"programmes": _supervised(actor), "most": MOST}
    away = {
        (row.person_id, row.scope_id): StandIn(until=when(row.ends_at), substitute=row_as(NamedInBoth, row))
        for row in db.execute(_ABSENT, given)
    }
    return Team(
        items=[
            row_as(
                Load,
                row,
                away=away.get((row.id, row.programme_id)),
                programme=row.code,
                first_due=when(row.first_due),
            )
            for row in db.execute(_TEAM, given)
        ],
        unowned=[row_as(Unowned, row, programme=row.code) for row in db.execute(_UNOWNED, given)],
        left=rows_as(Left, db.execute(_LEFT, given)),
    )


def _supervised(actor: Actor) -> list[str]:
    return sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.SUPERVISOR})
