"""Absences: who is away from a programme or an organisation, for how long, and who stands in meanwhile.

A substitute holds the roles of the person who is away as a deputy, for exactly that time: what deputies may do, what
the history says of them and what four eyes make of them holds without a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.deadlines.calendars import day_in
from casework.engine.execution.context import By
from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.tasks.standing_in import MOST_LINKS, Absence, circle, longest, standing_in
from casework.errors import InvalidForm, NotFound, WrongState
from casework.operations.core import register_log
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.perform import new_id
from casework.operations.core.presenters import names_of, when
from casework.operations.core.views import NamedInBoth
from casework.operations.oversight.prospects import insist_others_go_on, look_before
from casework.operations.people import registry
from casework.operations.people.role_ending import end_roles
from casework.operations.people.views import AbsenceRow, AbsenceScope
from casework.permissions.actors import COVERED, MANAGES, PROVIDER_ROLES, Actor
from casework.reasons import Why
from casework.records.access_sql import roles_sql
from casework.records.event_log import lock_log

LONGEST = timedelta(days=366)

_NOW = "m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())"
_COVERED = roles_sql(COVERED)


@dataclass(frozen=True)
class _Role:
    """A role as it is passed on: the membership, and for how long."""

    id: str
    role: str
    deputy_for: str | None
    starts_at: datetime
    ends_at: datetime | None


# --- what is there ---------------------------------------------------------------------------------------------------

#: The absences that are not over, for whoever is away, stands in, or manages the place.
_LIST = text("""
    SELECT a.id, a.scope_id, a.starts_at, a.ends_at, a.starts_at <= casework_now() AS begun, p.id AS person,
        p.name AS person_name, p.name_zh AS person_name_zh, s.id AS substitute, s.name AS substitute_name,
        s.name_zh AS substitute_name_zh, coalesce(g.name, o.name) AS scope_name, coalesce(g.name_zh, o.name_zh) AS scope_name_zh
    FROM absences a JOIN people p ON p.id = a.person_id JOIN people s ON s.id = a.substitute_id
    LEFT JOIN programmes g ON g.id = a.scope_id LEFT JOIN organisations o ON o.id = a.scope_id
    WHERE a.ends_at > greatest(casework_now(), a.starts_at) AND (a.person_id = CAST(:person AS uuid)
        OR a.substitute_id = CAST(:person AS uuid)
        OR a.scope_id = ANY(CAST(:managed AS uuid[])))
    ORDER BY a.starts_at, a.id LIMIT 500
""")


def list_absences(db: Connection, actor: Actor) -> Page[AbsenceRow]:
    """Absences that last or are to come: one's own, those one stands in for, and those of whom one leads."""
    managed = _managed(actor)
    rows = db.execute(_LIST, {"person": actor.person, "managed": sorted(managed)})
    return Page(
        items=[
            AbsenceRow(
                id=row.id,
                person=_named(row, "person"),
                substitute=_named(row, "substitute"),
                scope=NamedInBoth(id=row.scope_id, name=row.scope_name, name_zh=row.scope_name_zh),
                starts_at=when(row.starts_at),
                ends_at=when(row.ends_at),
                begun=row.begun,
                may_end=row.person == actor.person or row.scope_id in managed,
            )
            for row in rows
        ]
    )


def _named(row: Any, which: str) -> NamedInBoth:
    return NamedInBoth(
        id=getattr(row, which), name=getattr(row, f"{which}_name"), name_zh=getattr(row, f"{which}_name_zh")
    )


#: Who holds a role in some places that a substitute can stand in for.
_PEOPLE = text(f"""
    SELECT DISTINCT coalesce(m.programme_id, m.organisation_id) AS scope, coalesce(g.name, o.name) AS scope_name,
        coalesce(g.name_zh, o.name_zh) AS scope_name_zh, p.id, p.name, p.name_zh
    FROM memberships m JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
    LEFT JOIN programmes g ON g.id = m.programme_id LEFT JOIN organisations o ON o.id = m.organisation_id
    WHERE coalesce(m.programme_id, m.organisation_id) = ANY(CAST(:scopes AS uuid[])) AND m.deputy_for IS NULL
    AND m.role IN {_COVERED} AND {_NOW} ORDER BY scope_name, scope, p.name, p.id LIMIT 2000
""")


def substitutes_of(db: Connection, scopes: Iterable[str]) -> dict[str, str]:
    """By person who is away from one of these now: the substitute, or that one's own, who is there."""
    rows = db.execute(
        text(
            "SELECT id, person_id, substitute_id, starts_at, ends_at, casework_now() AS now FROM absences"
            " WHERE scope_id = ANY(CAST(:scopes AS uuid[])) AND starts_at <= casework_now() AND ends_at > casework_now()"
            " ORDER BY starts_at, id"
        ),
        {"scopes": sorted(scopes)},
    ).all()
    known = [Absence(row.id, row.person_id, row.substitute_id, row.starts_at, row.ends_at) for row in rows]
    return {row.person_id: standing_in(known, row.person_id, row.now)[-1] for row in rows}


def absence_choices(db: Connection, actor: Actor) -> list[AbsenceScope]:
    """Each programme and organisation that one may be away from, or lead: its people, and whom one may enter there."""
    managed = _managed(actor)
    scopes: dict[str, AbsenceScope] = {}
    for row in db.execute(_PEOPLE, {"scopes": sorted(managed | _covered(actor))}):
        scope = scopes.setdefault(
            row.scope,
            AbsenceScope(id=row.scope, name=row.scope_name, name_zh=row.scope_name_zh, people=[], enters=[]),
        )
        person = NamedInBoth(id=row.id, name=row.name, name_zh=row.name_zh)
        scope.people.append(person)
        if row.scope in managed or row.id == actor.person:
            scope.enters.append(person)
    return list(scopes.values())


def _managed(actor: Actor) -> set[str]:
    """Programmes and organisations whose people's absences the actor enters."""
    return {m.programme or m.organisation or "" for m in actor.memberships if m.role in MANAGES}


def _covered(actor: Actor) -> set[str]:
    """Where the actor has a role of the own that a substitute can take."""
    mine = [m for m in actor.memberships if m.deputy_for is None and m.role in COVERED]
    return {m.programme or m.organisation or "" for m in mine}


# --- what is changed -------------------------------------------------------------------------------------------------


def record_absence(
    db: Connection,
    actor: Actor,
    *,
    scope: str,
    person: str,
    substitute: str,
    first_day: date,
    last_day: date,
    request: Request,
) -> Done:
    """Enter that a person is away, the last day included, and who stands in; one's own, or of somebody whom one leads."""
    by = _insist_may(actor, scope, person)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, scope)
    zone = ZoneInfo(_zone_of(db, person))
    start = max(datetime.combine(first_day, time(), zone), log.now)
    end = datetime.combine(last_day + timedelta(days=1), time(), zone)
    new = Absence(new_id(), person, substitute, start.astimezone(log.now.tzinfo), end.astimezone(log.now.tzinfo))
    known = _absences(db, scope)
    if faults := _faults(db, actor, scope, new, known, past=first_day < day_in(log.now, zone)):
        raise InvalidForm(fields=faults)
    in_programme = by.organisation is None
    before = look_before(db, [scope] if in_programme else [])
    effects: RegisterEffects = {
        "absence": new.id,
        "person": person,
        "substitute": substitute,
        "starts_at": new.starts_at.isoformat(),
        "ends_at": new.ends_at.isoformat(),
    }
    register_log.append(
        db, log, [_event(log.id, log.seq + 1, log.now, register_log.AWAY, by, effects=effects)], request.key_hash
    )
    db.execute(_INSERT, {**effects, "scope": scope})
    for role in _roles(db, scope, person, new):
        _pass_on(db, scope, role, new, [*known, new], by=by)
    insist_others_go_on(db, before, request, names=True, away=(person, substitute))
    return finish(db, actor, request, Done({"id": new.id}, 201))


#: Enters an absence.
_INSERT = text(
    "INSERT INTO absences (id, scope_id, person_id, substitute_id, starts_at, ends_at) VALUES (:absence, :scope, :person,"
    " :substitute, CAST(:starts_at AS timestamptz), CAST(:ends_at AS timestamptz))"
)


def end_absence(db: Connection, actor: Actor, absence: str, request: Request) -> Done:
    """The person is back, or does not go: the substitute's roles end now. An absence that has begun stays in the history."""
    row = db.execute(
        text("SELECT scope_id, person_id FROM absences WHERE id = CAST(:id AS uuid)"), {"id": absence}
    ).one_or_none()
    if row is None:
        raise NotFound("absence")
    by = _insist_may(actor, row.scope_id, row.person_id)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    roles = (
        db.execute(
            text(
                "SELECT id FROM memberships WHERE absence_id = CAST(:id AS uuid)"
                " AND (ends_at IS NULL OR ends_at > casework_now()) ORDER BY id"
            ),
            {"id": absence},
        )
        .scalars()
        .all()
    )
    # The roles first: they lock the programme's log together with those of the cases, in one order.
    end_roles(db, roles, by)
    finish_absence(db, absence, by, request.key_hash)
    return finish(db, actor, request, Done({"id": absence}))


def finish_absence(db: Connection, absence: str, by: By, key: str | None = None) -> None:
    """Write that an absence is over. Raises WrongState where it is already."""
    given = {"id": absence}
    scope = db.execute(text("SELECT scope_id FROM absences WHERE id = CAST(:id AS uuid)"), given).scalar_one()
    log = lock_log(db, scope)
    row = db.execute(text("SELECT starts_at, ends_at FROM absences WHERE id = CAST(:id AS uuid)"), given).one()
    if row.ends_at <= max(log.now, row.starts_at):
        raise WrongState(action=reasons.actions.END_ABSENCE, why=reasons.people.ABSENCE_OVER)
    effects: RegisterEffects = {"absence": absence, "ends_at": max(log.now, row.starts_at).isoformat()}
    register_log.append(db, log, [_event(log.id, log.seq + 1, log.now, register_log.BACK, by, effects=effects)], key)
    db.execute(
        text("UPDATE absences SET ends_at = CAST(:ends_at AS timestamptz) WHERE id = CAST(:absence AS uuid)"), effects
    )


@dataclass(frozen=True)
class Hanging:
    """An absence that a person has part in, and the substitute's roles that came of it."""

    id: str
    roles: tuple[str, ...]


def absences_of(db: Connection, person: str) -> list[Hanging]:
    """Absences of a person, and those in which the person stands in, as far as they are not over."""
    rows = db.execute(
        text(
            "SELECT a.id, array(SELECT m.id::text FROM memberships m WHERE m.absence_id = a.id"
            " AND (m.ends_at IS NULL OR m.ends_at > casework_now()) ORDER BY m.id) AS roles FROM absences a"
            " WHERE CAST(:id AS uuid) IN (a.person_id, a.substitute_id) AND a.ends_at > greatest(casework_now(), a.starts_at)"
            " ORDER BY a.scope_id, a.id"
        ),
        {"id": person},
    )
    return [Hanging(row.id, tuple(row.roles)) for row in rows]


def pass_on_role(db: Connection, membership: str, by: By) -> None:
    """What a role given just now means for those who stand in for its holder."""
    row = db.execute(
        text(
            "SELECT id, person_id, role, deputy_for, starts_at, ends_at, coalesce(programme_id, organisation_id) AS scope"
            f" FROM memberships WHERE id = CAST(:id AS uuid) AND role IN {_COVERED}"
        ),
        {"id": membership},
    ).one_or_none()
    if row is None:
        return
    known = _absences(db, row.scope)
    role = _Role(row.id, row.role, row.deputy_for, row.starts_at, row.ends_at)
    for absence in known:
        if absence.person == row.person_id:
            _pass_on(db, row.scope, role, absence, known, by=by)


def _pass_on(db: Connection, scope: str, role: _Role, absence: Absence, known: Iterable[Absence], *, by: By) -> None:
    """Give a role to the substitute for as long as both last, and to the substitute's substitute, and so on."""
    start = max(role.starts_at, absence.starts_at)
    end = absence.ends_at if role.ends_at is None else min(role.ends_at, absence.ends_at)
    person = role.deputy_for or absence.person
    if start >= end or person == absence.substitute:
        return
    within = "organisation" if role.role in PROVIDER_ROLES else "programme"
    given = registry.grant_role(
        db,
        absence.substitute,
        role.role,
        programme=scope if within == "programme" else None,
        organisation=scope if within == "organisation" else None,
        deputy_for=person,
        starts_at=start,
        ends_at=end,
        absence=absence.id,
        via=role.id,
        by=by.person,
    )
    for next_absence in known:
        if next_absence.person == absence.substitute:
            _pass_on(db, scope, _Role(given, role.role, person, start, end), next_absence, known, by=by)


# --- what refuses it -------------------------------------------------------------------------------------------------


def _insist_may(actor: Actor, scope: str, person: str) -> By:
    """In which capacity the actor enters or ends the absence. Raises NotFound."""
    mine = [m for m in actor.memberships if scope in (m.programme, m.organisation)]
    chosen = [m for m in mine if person == actor.person and m.deputy_for is None and m.role in COVERED]
    # In one's own name rather than as somebody's deputy.
    chosen += sorted((m for m in mine if m.role in MANAGES), key=lambda m: m.deputy_for is not None)
    if not chosen:
        raise NotFound("absence")
    return By(actor.person, chosen[0].role, chosen[0].organisation, chosen[0].deputy_for)


def _faults(
    db: Connection, actor: Actor, scope: str, new: Absence, known: list[Absence], *, past: bool
) -> dict[str, Why]:
    """What is wrong with an absence, by the name of the field."""
    if past:
        return {"first_day": reasons.fields.NOT_IN_PAST}
    if new.ends_at <= new.starts_at:
        return {"last_day": reasons.fields.NOT_BEFORE_FIRST_DAY}
    if new.ends_at - new.starts_at > LONGEST:
        return {"last_day": reasons.people.WITHIN_A_YEAR}
    people = _covered_people(db, scope, {new.person, new.substitute})
    if new.person not in people:
        return {"person": reasons.people.NOTHING_TO_STAND_IN}
    if new.substitute == new.person:
        return {"substitute": reasons.fields.SOMEBODY_ELSE}
    if new.substitute not in people:
        return {"substitute": reasons.people.WORKS_HERE_TOO}
    if new.person != actor.person and new.substitute == actor.person:
        return {"substitute": reasons.people.NOT_ONESELF}
    if any(
        other.person == new.person and other.starts_at < new.ends_at and new.starts_at < other.ends_at
        for other in known
    ):
        return {"first_day": reasons.people.AWAY_ALREADY}
    if line := circle(known, new):
        return {"substitute": reasons.people.CIRCLE(line=_line(db, line))}
    if len(line := longest(known, new)) - 1 > MOST_LINKS:
        return {"substitute": reasons.people.LINE_TOO_LONG(line=_line(db, line))}
    return {}


def _line(db: Connection, people: tuple[str, ...]) -> str:
    names = names_of(db, set(people))
    return " → ".join(names[person] for person in people)


def _covered_people(db: Connection, scope: str, people: set[str]) -> set[str]:
    rows = db.execute(
        text(
            "SELECT DISTINCT m.person_id FROM memberships m JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service"
            " WHERE m.person_id = ANY(CAST(:people AS uuid[])) AND coalesce(m.programme_id, m.organisation_id) ="
            f" CAST(:scope AS uuid) AND m.deputy_for IS NULL AND m.role IN {_COVERED} AND {_NOW}"
        ),
        {"people": sorted(people), "scope": scope},
    )
    return set(rows.scalars())


def _absences(db: Connection, scope: str) -> list[Absence]:
    """Absences of a programme or organisation that last or are to come."""
    rows = db.execute(
        text(
            "SELECT id, person_id, substitute_id, starts_at, ends_at FROM absences WHERE scope_id = CAST(:scope AS uuid)"
            " AND ends_at > casework_now() AND ends_at > starts_at ORDER BY starts_at, id"
        ),
        {"scope": scope},
    )
    return [Absence(row.id, row.person_id, row.substitute_id, row.starts_at, row.ends_at) for row in rows]


def _roles(db: Connection, scope: str, person: str, absence: Absence) -> list[_Role]:
    """What the person holds there within the time, as a deputy too."""
    rows = db.execute(
        text(
            "SELECT id, role, deputy_for, starts_at, ends_at FROM memberships WHERE person_id = CAST(:person AS uuid)"
            " AND coalesce(programme_id, organisation_id) = CAST(:scope AS uuid)"
            f" AND role IN {_COVERED} AND starts_at < :end AND (ends_at IS NULL OR ends_at > :start) ORDER BY starts_at, id"
        ),
        {"person": person, "scope": scope, "start": absence.starts_at, "end": absence.ends_at},
    )
    return [_Role(row.id, row.role, row.deputy_for, row.starts_at, row.ends_at) for row in rows]


def _zone_of(db: Connection, person: str) -> str:
    zone = db.execute(text("SELECT zone FROM people WHERE id = CAST(:id AS uuid)"), {"id": person}).scalar_one_or_none()
    return str(zone or "UTC")


def _event(log: str, seq: int, at: datetime, kind: str, by: By, *, effects: RegisterEffects) -> RegisterEvent:
    return RegisterEvent(
        log=log,
        seq=seq,
        at=at,
        kind=kind,
        actor=by.person,
        acting_for=by.acting_for,
        role=by.role,
        organisation=by.organisation,
        effects=effects,
    )


__all__ = [
    "COVERED", "absences_of", "MANAGES", "absence_choices", "end_absence", "finish_absence", "list_absences", "pass_on_role",
    "record_absence",
    "substitutes_of",
]  # fmt: skip
