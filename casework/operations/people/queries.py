"""What administrators look at: a person with roles and all that hangs on them, an organisation. Reads only.

They see how much work there is, never what it is about.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.core.reader_names import called
from casework.operations.core.views import row_as, rows_as
from casework.operations.people.administrator_checks import is_administrator
from casework.operations.people.group_roles import groups_of_roles
from casework.operations.people.role_requests import list_waiting
from casework.operations.people.views import Hanging, OrganisationDetails, PersonDetails, PersonFound, RoleRow
from casework.permissions.actors import Actor
from casework.records.access_sql import in_time, live_token
from casework.records.row_security import whole

#: The roles of people, those that are over last.
_ROLES = """
    SELECT m.id, m.role, m.person_id, p.name AS person, p.name_zh AS person_zh, m.programme_id, m.organisation_id,
        coalesce(g.name, o.name) AS scope, coalesce(g.name_zh, o.name_zh) AS scope_zh, d.name AS deputy_for,
        m.starts_at, m.ends_at, m.starts_at > casework_now() AS comes,
        m.ends_at IS NOT NULL AND m.ends_at <= casework_now() AS over
    FROM memberships m JOIN people p ON p.id = m.person_id LEFT JOIN programmes g ON g.id = m.programme_id
    LEFT JOIN organisations o ON o.id = m.organisation_id LEFT JOIN people d ON d.id = m.deputy_for
    WHERE {where} ORDER BY over, m.starts_at DESC, m.id LIMIT 500
"""
#: What a person leaves behind, counted: cases and tasks stay where they are until somebody takes them over.
_HANGS = text(f"""
    SELECT
        (SELECT count(*) FROM cases WHERE owner_id = CAST(:id AS uuid) AND closed_at IS NULL) AS cases,
        (SELECT count(*) FROM cases WHERE CAST(:id AS uuid) = ANY(team) AND owner_id IS DISTINCT FROM CAST(:id AS uuid)
            AND closed_at IS NULL) AS teams,
        -- Nobody learns of a sealed mediation by counting.
        (SELECT count(*) FROM tasks WHERE holder_id = CAST(:id AS uuid) AND state IN ('Reserved', 'InProgress', 'Suspended')
            AND log_id IN (SELECT id FROM cases)) AS tasks,
        (SELECT count(*) FROM proposals WHERE actor_id = CAST(:id AS text) AND log_id IN (SELECT id FROM cases)) AS proposals,
        (SELECT count(*) FROM memberships WHERE person_id = CAST(:id AS uuid) AND (ends_at IS NULL OR ends_at > casework_now())) AS roles,
        (SELECT count(*) FROM absences WHERE CAST(:id AS uuid) IN (person_id, substitute_id)
            AND ends_at > greatest(casework_now(), starts_at)) AS absences,
        (SELECT count(*) FROM memberships WHERE deputy_for = CAST(:id AS uuid) AND (ends_at IS NULL
            OR ends_at > casework_now())) AS deputies,
        (SELECT count(*) FROM tokens t WHERE t.person_id = CAST(:id AS uuid) AND {live_token("t")}) AS tokens,
        (SELECT count(*) FROM sessions WHERE person_id = CAST(:id AS uuid) AND ended_at IS NULL AND expires_at > casework_now()) AS sessions
""")


def _insist(actor: Actor) -> None:
    if not is_administrator(actor):
        raise NotFound


def own_programmes(actor: Actor) -> list[str]:
    """The programmes that the actor administers."""
    return sorted({m.programme for m in actor.memberships if m.programme and m.role == Role.ADMINISTRATOR})


#: People whose name or address has the words in it, with the roles that hold now; the closed accounts last.
_PEOPLE = text(f"""
    SELECT p.id, p.name, p.name_zh, p.email, p.active, p.service, (
        SELECT coalesce(jsonb_agg(jsonb_build_object('role', m.role, 'deputy', m.deputy_for IS NOT NULL, 'scope',
                coalesce(g.code, {called("o")}))
            ORDER BY m.role, m.id), '[]')
        FROM memberships m LEFT JOIN programmes g ON g.id = m.programme_id LEFT JOIN organisations o ON o.id = m.organisation_id
        WHERE m.person_id = p.id AND {in_time("m")}
    ) AS roles FROM people p
    WHERE :words = '' OR strpos(lower(p.name), lower(:words)) > 0 OR strpos(lower(p.email), lower(:words)) > 0
        OR strpos(coalesce(p.name_zh, ''), :words) > 0
    ORDER BY p.active DESC, p.name, p.id LIMIT 100
""")


def find_people(db: Connection, actor: Actor, *, words: str = "") -> list[PersonFound]:
    """People by a part of their name or address, with the roles that they hold now; the first hundred by name."""
    _insist(actor)
    rows = db.execute(_PEOPLE, {"words": words.strip()[:100]})
    return rows_as(PersonFound, rows)


def show_person(db: Connection, actor: Actor, person: str) -> PersonDetails:
    """A person, every role ever held, and what hangs on them now. Raises NotFound."""
    _insist(actor)
    row = db.execute(
        text(
            "SELECT id, name, name_zh, email, language, active, created_at, service, password_hash IS NOT NULL AS has_password,"
            " erased_at IS NOT NULL AS erased FROM people WHERE id = CAST(:id AS uuid)"
        ),
        {"id": person},
    ).one_or_none()
    if row is None:
        raise NotFound("person")
    roles = db.execute(text(_ROLES.format(where="m.person_id = CAST(:id AS uuid)")), {"id": person})
    deputies = db.execute(text(_ROLES.format(where="m.deputy_for = CAST(:id AS uuid)")), {"id": person})
    # Counted of every case, also of referrals that an administrator does not read.
    with whole(db):
        hangs = row_as(Hanging, db.execute(_HANGS, {"id": person}).one())
    return row_as(
        PersonDetails,
        row,
        roles=rows_as(RoleRow, roles),
        groups=groups_of_roles(db, person),
        deputies=rows_as(RoleRow, deputies),
        hangs=hangs,
        own=row.id == actor.person,
        waiting=list_waiting(db, actor, person),
        mine=own_programmes(actor),
    )


def show_organisation(db: Connection, actor: Actor, organisation: str) -> OrganisationDetails:
    """An organisation and the roles that were ever held in it. Raises NotFound."""
    _insist(actor)
    row = db.execute(
        text(
            "SELECT id, name, name_zh, country, kind, services, register_number, language, programme_id AS programme, created_at,"
            " expired_at FROM organisations"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"id": organisation},
    ).one_or_none()
    if row is None:
        raise NotFound("organisation")
    roles = db.execute(text(_ROLES.format(where="m.organisation_id = CAST(:id AS uuid)")), {"id": organisation})
    return row_as(
        OrganisationDetails, row, expired_at=row.expired_at and instant(row.expired_at), roles=rows_as(RoleRow, roles)
    )


def choices(db: Connection, actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What a role can be given in: the actor's programmes, providers, and the people that one can stand in for."""
    _insist(actor)
    programmes = db.execute(
        text("SELECT id, name FROM programmes WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY name, id"),
        {"ids": own_programmes(actor)},
    )
    providers = db.execute(
        text("SELECT id, name FROM organisations WHERE kind = 'provider' ORDER BY name, id LIMIT 1000")
    )
    people = db.execute(text("SELECT id, name FROM people WHERE active AND NOT service ORDER BY name, id LIMIT 1000"))
    return {
        "programme": [(row.id, row.name) for row in programmes],
        "organisation": [(row.id, row.name) for row in providers],
        "deputy_for": [(row.id, row.name) for row in people],
    }
