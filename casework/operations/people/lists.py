"""Programmes, organisations and people as lists."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.ledger.canonical_json import instant
from casework.operations.core.organisations import CALLED, KNOWN_TO_READERS
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.views import row_as, rows_as
from casework.operations.people.administrator_checks import is_administrator
from casework.operations.people.views import AccountRow, Members, Organisation, PersonRow, Programme
from casework.permissions.actors import PROVIDER_ROLES, READS_ALL, Actor
from casework.permissions.visibility import closed_of, reach


def list_programmes(db: Connection, actor: Actor) -> Page[Programme]:
    """The programmes in which the actor has a role, with their phases; all of them for administrators."""
    rows = db.execute(
        text(
            "SELECT p.id, p.code, p.name, p.name_zh, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name,"
            " 'name_zh', f.name_zh, 'starts_on', f.starts_on, 'ends_on', f.ends_on) ORDER BY f.starts_on, f.id), '[]')"
            " FROM phases f WHERE f.programme_id = p.id) AS phases FROM programmes p"
            " WHERE :all OR p.id = ANY(CAST(:ids AS uuid[])) ORDER BY p.code, p.id LIMIT 1000"
        ),
        {"all": is_administrator(actor), "ids": sorted({m.programme for m in actor.memberships if m.programme})},
    )
    items = [
        Programme(
            id=row.id,
            code=row.code,
            name=row.name,
            name_zh=row.name_zh,
            phases=row.phases,
        )
        for row in rows
    ]
    return Page(items=items)


def list_organisations(
    db: Connection,
    actor: Actor,
    *,
    service: str | None = None,
    words: str | None = None,
    cursor: str | None = None,
    limit: int | None = None,
) -> Page[Organisation]:
    """The organisations that the actor has a reason to know, the newest first: those that a programme's cases are about for who reads
    them, the providers for who works in a programme, their own for its members, all for administrators."""
    most = insist_limit(limit)
    given: dict[str, Any] = {
        "all": is_administrator(actor),
        "providers": any(m.programme and m.role != Role.OBSERVER for m in actor.memberships),
        "seen": sorted(reach(actor).all_of),
        "closed_of": sorted(closed_of(actor)),
        "most": most + 1,
        "own": sorted({m.organisation for m in actor.memberships if m.organisation}),
    }
    more = ""
    if service is not None:
        more, given["service"] = " AND :service = ANY(o.services)", service
    if words is not None:
        more, given["words"] = f"{more} AND {CALLED}", words
    if keys := from_cursor(cursor, 2):
        more += " AND (o.created_at, o.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            "SELECT o.id, o.name, o.name_zh, o.country, o.kind, o.services, o.register_number, o.language, o.created_at, o.programme_id,"
            f" o.expired_at FROM organisations o WHERE o.merged_into IS NULL AND (:all OR :providers AND o.kind = 'provider'"
            f" OR o.id = ANY(CAST(:own AS uuid[])) OR {KNOWN_TO_READERS}){more} ORDER BY o.created_at DESC, o.id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.created_at, str(row.id)))
    return Page(items=[_organisation(row) for row in shown], next=following)


def _organisation(row: Any) -> Organisation:
    return Organisation(
        id=row.id,
        name=row.name,
        name_zh=row.name_zh,
        country=row.country,
        kind=row.kind,
        services=list(row.services),
        register_number=row.register_number,
        language=row.language,
        programme=row.programme_id,
        expired_at=instant(row.expired_at) if row.expired_at else None,
    )


#: A role `m` in a programme or an organisation that who asks works in.
_TOGETHER = """(:all OR m.programme_id = ANY(CAST(:programmes AS uuid[])) OR m.organisation_id = ANY(CAST(:organisations AS uuid[])))
    AND (:all OR m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now()))"""
#: Somebody `p` whom who asks works with; everybody with an account for administrators. By the values of `people_values`.
PEOPLE_SEEN = f"(:all OR p.active AND NOT p.service AND EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND {_TOGETHER}))"


def people_values(actor: Actor) -> dict[str, Any]:
    """The values that `PEOPLE_SEEN` names."""
    staff = READS_ALL | {Role.DISPUTE_OFFICER}
    return {
        "all": is_administrator(actor),
        "programmes": sorted({m.programme for m in actor.memberships if m.programme and m.role in staff}),
        "organisations": sorted(
            {m.organisation for m in actor.memberships if m.organisation and m.role in PROVIDER_ROLES}
        ),
    }


def list_people(
    db: Connection, actor: Actor, *, cursor: str | None = None, limit: int | None = None
) -> Page[PersonRow | AccountRow]:
    """Everybody with accounts for administrators; for others those of their programmes or organisation, without e-mail."""
    most, all_of = insist_limit(limit), is_administrator(actor)
    given: dict[str, Any] = people_values(actor) | {"most": most + 1}
    more = ""
    if keys := from_cursor(cursor, 2):
        more = " AND (p.created_at, p.id) < (:at, CAST(:after AS uuid))"
        given |= {"at": cursor_time(keys[0]), "after": cursor_id(keys[1])}
    rows = db.execute(
        text(
            "SELECT p.id, p.name, p.name_zh, p.email, p.active, p.created_at, (SELECT coalesce(jsonb_agg(jsonb_build_object("
            "'id', m.id, 'role', m.role, 'programme', m.programme_id, 'organisation', m.organisation_id, 'deputy_for',"
            " m.deputy_for, 'starts_at', m.starts_at, 'ends_at', m.ends_at) ORDER BY m.starts_at, m.id), '[]')"
            f" FROM memberships m WHERE m.person_id = p.id AND {_TOGETHER}) AS memberships FROM people p"
            f" WHERE {PEOPLE_SEEN}{more}"
            " ORDER BY p.created_at DESC, p.id DESC LIMIT :most"
        ),
        given,
    ).all()
    shown, following = page(rows, most, lambda row: (row.created_at, str(row.id)))
    return Page(items=[_person(row, whole=all_of) for row in shown], next=following)


def _person(row: Any, *, whole: bool) -> PersonRow | AccountRow:
    seen = PersonRow(
        id=row.id,
        name=row.name,
        name_zh=row.name_zh,
        memberships=row.memberships,
    )
    return row_as(AccountRow, seen, email=row.email, active=row.active) if whole else seen


def list_members(db: Connection, actor: Actor) -> list[Members]:
    """The organisations that the actor leads, each with the people who hold a role in it now."""
    rows = db.execute(
        text(
            "SELECT o.id, o.name, o.name_zh, (SELECT coalesce(jsonb_agg(jsonb_build_object('membership', m.id, 'id', p.id,"
            " 'name', p.name, 'name_zh', p.name_zh, 'email', p.email, 'role', m.role, 'since', m.starts_at, 'ends_at',"
            " m.ends_at, 'deputy', m.deputy_for IS NOT NULL) ORDER BY p.name, m.id), '[]') FROM memberships m"
            " JOIN people p ON p.id = m.person_id WHERE m.organisation_id = o.id AND p.active AND NOT p.service"
            " AND (m.ends_at IS NULL OR m.ends_at > casework_now())) AS members"
            " FROM organisations o WHERE o.id = ANY(CAST(:ids AS uuid[])) ORDER BY o.name, o.id"
        ),
        {"ids": actor.led()},
    )
    return rows_as(Members, rows)
