"""People and what they are: memberships at a moment, tokens, sessions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework import logs
from casework.engine.roles import MEDIATION, Role
from casework.permissions.actors import Actor, Membership, in_force
from casework.records.access_sql import in_time, live_token, open_to
from casework.records.database import NAMES_ORIGIN, person_reads, run_named

#: Of a person `p`: by programme until when that person was a dispute officer, or anywhere of a provider that mediates, as
#: `permissions.actors.Actor.mediated`. Null in it: still.
MEDIATED = f"""(
        SELECT coalesce(jsonb_object_agg(d.programme_id, d.until), '{{}}') FROM (
            SELECT g.id AS programme_id, CASE WHEN bool_and(m.ends_at IS NOT NULL) THEN max(m.ends_at) END AS until FROM memberships m
            LEFT JOIN organisations o ON o.id = m.organisation_id
            JOIN programmes g ON m.programme_id = g.id AND m.role = 'dispute_officer' OR '{MEDIATION}' = ANY(o.services)
            WHERE m.person_id = p.id AND m.starts_at <= casework_now()
            AND m.ends_at IS DISTINCT FROM m.starts_at GROUP BY g.id
        ) d
    ) AS mediated"""
#: People with the roles that hold now and with what was opened to them.
_SELECT = f"""
    SELECT p.id, p.name, p.language, p.active, p.email, p.service, (
        SELECT coalesce(jsonb_agg(jsonb_build_object(
            'role', m.role, 'programme', m.programme_id, 'organisation', m.organisation_id, 'deputy_for', m.deputy_for,
            'starts_at', m.starts_at, 'ends_at', m.ends_at) ORDER BY m.starts_at, m.id), '[]')
        FROM memberships m
        WHERE m.person_id = p.id AND {in_time("m")}
    ) AS memberships, (
        SELECT coalesce(array_agg(o.log_id::text), '{{}}') FROM openings o WHERE {open_to("o", "p.id")}
    ) AS opened, {MEDIATED}
    FROM people p
"""

#: An open account by its id.
_BY_ID = text(_SELECT + " WHERE p.id = :id AND p.active")
#: Some people, and everybody who holds a role in some places.
_MEMBERS = text(
    _SELECT
    + f""" WHERE p.active AND (p.id = ANY(CAST(:people AS uuid[])) OR (:services OR NOT p.service) AND EXISTS (
        SELECT FROM memberships h WHERE h.person_id = p.id AND {in_time("h")}
        AND (h.programme_id = ANY(CAST(:programmes AS uuid[])) OR h.organisation_id = ANY(CAST(:organisations AS uuid[])))
    )) ORDER BY p.name, p.id"""
)
#: Who asks by a token that lives; row security takes them for the reader from here on.
_BY_TOKEN = (
    _SELECT.replace(
        "FROM people p\n",
        ", t.scopes, t.id AS token_id, coalesce(t.used_at < casework_now() - interval '5 minutes', true) AS stale,"
        # Who reads from here on.
        f" {person_reads('p.id::text')}, {NAMES_ORIGIN.format(place='$2')}"
        " FROM people p JOIN tokens t ON t.person_id = p.id\n",
    )
    + f" WHERE t.hash = $1::bytea AND p.active AND {live_token('t')}"
)


#: Notes that a token was used now. Not at every request, and never waiting for another one that does the same.
_USED = text(
    "UPDATE tokens SET used_at = casework_now() WHERE id IN"
    " (SELECT id FROM tokens WHERE id = :id FOR NO KEY UPDATE SKIP LOCKED)"
)


def find_actor(db: Connection, person: str) -> Actor | None:
    """An active person with the memberships that hold now."""
    row = db.execute(_BY_ID, {"id": person}).one_or_none()
    return actor_of(row) if row else None


def find_members(
    db: Connection,
    *,
    programmes: Iterable[str] = (),
    organisations: Iterable[str] = (),
    people: Iterable[str] = (),
    services: bool = False,
) -> list[Actor]:
    """Active people of programmes or organisations, and others by their ids, by name; service accounts if they count."""
    given = {
        "programmes": sorted(programmes),
        "organisations": sorted(organisations),
        "people": sorted(people),
        "services": services,
    }
    return [actor_of(row) for row in db.execute(_MEMBERS, given)]


def find_actor_by_token(db: Connection, hash: bytes) -> Actor | None:
    """Whose token this is the hash of, while it is neither revoked nor expired."""
    # With the transaction's beginning in one round trip.
    rows = run_named(db, _BY_TOKEN, (rf"\x{hash.hex()}", logs.origin()))
    if not rows:
        return None
    row = rows[0]
    if row.stale:
        db.execute(_USED, {"id": row.token_id})
    return actor_of(row, frozenset(row.scopes))


def actor_of(row: Any, scopes: frozenset[str] | None = None) -> Actor:
    memberships = in_force(
        Membership(
            Role(m["role"]),
            m["programme"],
            m["organisation"],
            m["deputy_for"],
            datetime.fromisoformat(m["starts_at"]),
            datetime.fromisoformat(m["ends_at"]) if m["ends_at"] else None,
        )
        for m in row.memberships
    )
    actor = Actor(
        row.id,
        row.name,
        memberships,
        row.language,
        opened=frozenset(row.opened),
        service=row.service,
        mediated={log: datetime.fromisoformat(until) if until else None for log, until in row.mediated.items()},
    )
    return actor if scopes is None else replace(actor, scopes=scopes)
