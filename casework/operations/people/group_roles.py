"""Roles by groups at the provider of sign-in: brought up to date whenever somebody signs in there."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import ORGANISATION_ROLES, Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import ASKED, REFUSED
from casework.errors import InvalidForm, Refused
from casework.operations.auth.account_log import ROLE_ENDED, ROLE_GIVEN, note_account
from casework.operations.auth.openid import Claims, Groups
from casework.operations.auth.sessions import end_access
from casework.operations.core import register_log
from casework.operations.core.perform import SYSTEM
from casework.operations.core.register_log import GRANTED, ROLE_ASKED, ROLE_REFUSED
from casework.operations.people.absences import pass_on_role
from casework.operations.people.group_file import Line, read_lines
from casework.operations.people.group_rules import (
    Asked,
    Held,
    Place,
    Plan,
    come_of_groups,
    decide,
    find_wanted,
)
from casework.operations.people.registry import grant_role
from casework.operations.people.role_ending import end_roles
from casework.operations.people.role_notices import announce
from casework.operations.people.role_requests import ask_role, fold
from casework.operations.people.staff_file import Fault, digest_of
from casework.reasons import Why
from casework.records.database import savepoint
from casework.records.event_log import lock_log, lock_logs
from casework.records.row_security import whole


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done with one role, or why it was not."""

    what: str
    place: Place
    group: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """What came of the groups of somebody who signed in."""

    person: str
    file: str
    deeds: tuple[Deed, ...] = ()
    #: Why nothing follows from the groups: `file`, or what is wrong with the claim.
    fault: str | None = None
    #: How many names were passed over.
    odd: int = 0


GIVEN, ROLE_IS_ASKED, ENDED, WITHDRAWN, KEPT = "given", "asked", "ended", "withdrawn", "kept"

#: Who has signed in at the provider, held: of two who come at once as one, the second one finds what the first one did.
_PERSON = text("""
    SELECT i.person_id::text FROM identities i JOIN people p ON p.id = i.person_id AND p.active
    WHERE i.issuer = :issuer AND i.subject = :subject FOR NO KEY UPDATE OF i
""")
#: Of two who are brought up to date at once, by groups or by a file of people, the second one finds what the first one did.
_ALONE = text("SELECT pg_advisory_xact_lock(hashtextextended('casework people file', 1))")
#: Where roles are held that a file of groups names: programmes by code, providers by id.
_SCOPES = text("""
    SELECT code AS name, id::text AS id FROM programmes WHERE code = ANY(:programmes)
    UNION ALL SELECT id::text, id::text FROM organisations WHERE kind = 'provider' AND merged_into IS NULL
    AND id::text = ANY(:organisations)
""")
#: The roles of somebody that have not ended, and whether nobody else has the same one in the programme.
_HELD = text("""
    SELECT m.id::text AS id, coalesce(m.programme_id, m.organisation_id)::text AS scope, m.role,
        m.deputy_for IS NOT NULL AS deputy, m.role = :keeper AND NOT EXISTS (
            SELECT FROM memberships o JOIN people p ON p.id = o.person_id AND p.active AND NOT p.service
            WHERE o.programme_id = m.programme_id AND o.role = m.role AND o.deputy_for IS NULL
            AND o.person_id <> m.person_id AND o.starts_at <= casework_now()
            AND (o.ends_at IS NULL OR o.ends_at > casework_now())
        ) AS last
    FROM memberships m WHERE m.person_id = CAST(:person AS uuid) AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    ORDER BY m.id
""")
#: The events by which roles of somebody came of a group, or of a request, in all programmes and where the person has a role.
_TOLD = text("""
    SELECT e.log_id::text AS log, e.seq, e.at, e.kind, e.actor_id, e.effects FROM events e
    WHERE e.log_id IN (SELECT id FROM programmes UNION SELECT organisation_id FROM memberships
        WHERE person_id = CAST(:person AS uuid) AND organisation_id IS NOT NULL)
    AND e.kind = ANY(:kinds) AND e.effects->>'person' = CAST(:person AS text) AND e.effects ?| ARRAY['group', 'request']
    ORDER BY e.log_id, e.seq
""")


def check_file(db: Connection, content: bytes) -> list[Fault]:
    """What is wrong with a file of groups, row by row. Raises Refused for what is no such file."""
    return _read(db, content)[2]


def _read(db: Connection, content: bytes) -> tuple[list[Line], dict[str, str], list[Fault]]:
    lines, faults = read_lines(content)
    asked = {
        "programmes": sorted({line.programme for line in lines if line.programme}),
        "organisations": sorted({line.organisation for line in lines if line.organisation}),
    }
    scopes: dict[str, str] = {row.name: row.id for row in db.execute(_SCOPES, asked)}
    for line in lines:
        if (line.programme or line.organisation) not in scopes:
            faults.append(Fault(line.row, "programme" if line.programme else "organisation", reasons.fields.NOT_KNOWN))
    return lines, scopes, sorted(faults, key=lambda fault: (fault.row, fault.column))


def bring_groups(db: Connection, claims: Claims, content: bytes) -> Brought | None:
    """Give, ask for and end roles of whoever has signed in at the provider, as their groups say; None for whoever has no account.

    Nobody is kept out by it: of groups that are not told, and by a file that is wrong, nothing changes, and the answer says why.
    `content`: of the file of groups, empty where it cannot be read.
    """
    groups = claims.groups
    if groups is None:
        return None
    with whole(db):
        person = db.execute(_PERSON, {"issuer": claims.issuer, "subject": claims.subject}).scalar_one_or_none()
        return None if person is None else _bring(db, person, groups, content)


def _bring(db: Connection, person: str, groups: Groups, content: bytes) -> Brought:
    digest = digest_of(content)
    if groups.fault is not None:
        return Brought(person, digest, fault=groups.fault)
    try:
        lines, scopes, faults = _read(db, content)
    except Refused:
        return Brought(person, digest, fault="file")
    if faults:
        return Brought(person, digest, fault="file")
    wanted = find_wanted(lines, scopes, groups.names)
    plan = decide(wanted, *_find(db, person))
    if not plan.is_empty:
        db.execute(_ALONE)
        plan = decide(wanted, *_find(db, person))
    kept = [Deed(KEPT, one.place, one.group, one.why.code) for one in plan.kept]
    return Brought(person, digest, (*_do(db, person, plan), *kept), odd=groups.odd)


def _find(db: Connection, person: str) -> tuple[list[Held], list[Asked]]:
    """What somebody holds, and what was asked for, for them."""
    events = _events_of(db, person)
    came = come_of_groups(events)
    rows = db.execute(_HELD, {"person": person, "keeper": Role.SUPERVISOR})
    held = [Held(row.id, Place(row.scope, row.role), came.get(row.id), row.deputy, row.last) for row in rows]
    asked = [
        Asked(one.id, Place(one.programme, one.role), came.get(one.id), one.state == ASKED)
        for one in fold(event for event in events if "request" in event.effects).values()
        # What ended by itself is asked for again.
        if one.deputy_for is None and (one.state == ASKED or one.state == REFUSED and one.decided_by != SYSTEM_ACTOR)
    ]
    return held, asked


def _events_of(db: Connection, person: str) -> list[RegisterEvent]:
    rows = db.execute(_TOLD, {"person": person, "kinds": [ROLE_ASKED, ROLE_REFUSED, GRANTED]})
    return [
        RegisterEvent(log=row.log, seq=row.seq, at=row.at, kind=row.kind, actor=row.actor_id, effects=row.effects)
        for row in rows
    ]


def _do(db: Connection, person: str, plan: Plan) -> list[Deed]:
    deeds: list[Deed] = []
    # The logs of all that follows at once, so that everybody locks in the same order.
    also = {place.scope for place, _ in (*plan.given, *plan.asked)} | {one.place.scope for one in plan.withdrawn}
    if not plan.ended:
        lock_logs(db, sorted(also))
    else:
        groups = {one.membership: one.group for one in plan.ended if one.group is not None}
        end_roles(db, sorted(groups), SYSTEM, also=sorted(also), groups=groups)
        end_access(db, person)
        for one in plan.ended:
            note_account(db, person, ROLE_ENDED, SYSTEM_ACTOR, membership=one.membership)
            deeds.append(Deed(ENDED, one.place, groups[one.membership]))
    for asked in plan.withdrawn:
        _withdraw(db, person, asked)
        deeds.append(Deed(WITHDRAWN, asked.place, str(asked.group)))
    for two, some in ((False, plan.given), (True, plan.asked)):
        for place, group in some:
            why = _give(db, person, place, group, two=two)
            done = ROLE_IS_ASKED if two else GIVEN
            deeds.append(Deed(done, place, group) if why is None else Deed(KEPT, place, group, why.code))
    return deeds


def _give(db: Connection, person: str, place: Place, group: str, *, two: bool) -> Why | None:
    """Give a role, or ask for it; why it cannot be, where it cannot."""
    because: RegisterEffects = {"group": group}
    try:
        with savepoint(db):
            if two:
                ask_role(db, person, place.role, programme=place.scope, because=because)
                return None
            within = "organisation" if place.role in ORGANISATION_ROLES else "programme"
            membership = grant_role(
                db,
                person,
                place.role,
                programme=place.scope if within == "programme" else None,
                organisation=place.scope if within == "organisation" else None,
                because=because,
            )
            pass_on_role(db, membership, SYSTEM)
            note_account(db, person, ROLE_GIVEN, SYSTEM_ACTOR, membership=membership)
    except InvalidForm as fault:
        return next(iter(fault.fields.values()))
    except Refused as fault:
        return fault.reasons[0]
    return None


def _withdraw(db: Connection, person: str, asked: Asked) -> None:
    """What a group had asked for, and gives no more, waits for nobody."""
    log = lock_log(db, asked.place.scope)
    effects: RegisterEffects = {
        "request": asked.request,
        "person": person,
        "role": asked.place.role,
        "group": str(asked.group),
    }
    register_log.append(db, log, [log.next_event(ROLE_REFUSED, SYSTEM_ACTOR, effects=effects)])
    announce(db, asked.place.scope, log.seq + 1)


def groups_of_roles(db: Connection, person: str) -> dict[str, str]:
    """Of the roles of somebody that came of a group: which group, by membership."""
    with whole(db):
        events = _events_of(db, person)
    came = come_of_groups(events)
    given = [event.effects["membership"] for event in events if event.kind == GRANTED]
    return {membership: came[membership] for membership in given if membership in came}


__all__ = [
    "ENDED",
    "GIVEN",
    "KEPT",
    "ROLE_IS_ASKED",
    "WITHDRAWN",
    "Brought",
    "Deed",
    "bring_groups",
    "check_file",
    "groups_of_roles",
]
