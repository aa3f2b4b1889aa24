"""Roles by which people read a programme's cases or decide in them: one person asks for them, and a second one agrees.

What was asked for stands in the programme's own log, and a request is what its events add up to. On the command line
roles are given at once while a programme has no case; from then on it asks, as an administrator does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.engine.two_person import AGREED, ASKED, REFUSED, Matter, Refusal, refusal
from casework.errors import InvalidForm, NotAllowed, NotFound, Refused, WrongState
from casework.ledger.canonical_json import instant
from casework.operations.auth.step_up import insist_proved
from casework.operations.core import register_log
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.presenters import names_of, when
from casework.operations.core.register_log import GRANTED, ROLE_ASKED, ROLE_REFUSED
from casework.operations.core.views import to_named
from casework.operations.people import registry
from casework.operations.people.absences import pass_on_role
from casework.operations.people.role_notices import announce, told_in
from casework.operations.people.views import GivenRole, RequestedRole
from casework.permissions.actors import Actor, takes_two
from casework.records.event_log import lock_log

#: Who agrees: never who asked, nor whom it is for.
DECIDERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
LONGEST = 2_000
MOST = 200


@dataclass(frozen=True, slots=True)
class RoleRequest:
    """A role that somebody asked for, for another person."""

    id: str
    programme: str
    person: str
    role: str
    deputy_for: str | None
    starts_at: str | None
    ends_at: str | None
    #: The command line is `system`.
    asked_by: str
    asked_at: datetime
    invitation: str | None = None
    #: The group at the provider of sign-in that gives it.
    group: str | None = None
    state: str = ASKED
    decided_by: str | None = None
    decided_at: datetime | None = None

    @property
    def matter(self) -> Matter:
        return Matter(self.asked_by, frozenset({self.person, self.deputy_for}), self.state)

    @property
    def people(self) -> frozenset[str]:
        """Whose word it is already, or whom it is about: none of them agrees."""
        return self.matter.parties


def fold(events: Iterable[RegisterEvent]) -> dict[str, RoleRequest]:
    """The requests by id that a programme's log adds up to."""
    requests: dict[str, RoleRequest] = {}
    for event in events:
        effects, id = event.effects, event.effects.get("request")
        if event.kind == ROLE_ASKED:
            requests[effects["request"]] = RoleRequest(
                effects["request"],
                event.log,
                str(effects["person"]),
                effects["role"],
                effects["deputy_for"],
                effects["starts_at"],
                effects["ends_at"],
                effects.get("asked_by") or event.actor,
                event.at,
                effects.get("invitation"),
                effects.get("group"),
            )
        elif id in requests and event.kind in (GRANTED, ROLE_REFUSED):
            state = AGREED if event.kind == GRANTED else REFUSED
            requests[id] = replace(requests[id], state=state, decided_by=event.actor, decided_at=event.at)
    return requests


def why_not_agreed(request: RoleRequest | None, event: RegisterEvent) -> str | None:
    """What speaks against an event that gives a role upon a request; None where it may be."""
    if request is None or not request.matter.waits:
        return "nobody had asked for this role"
    effects = event.effects
    if (effects["person"], effects["role"], effects["deputy_for"]) != (
        request.person,
        request.role,
        request.deputy_for,
    ) or effects["ends_at"] != request.ends_at:
        return "another role was given than the one asked for"
    if request.matter.is_party(event.actor):
        return "the person who asked for a role, or whom it is for, also agreed to it"
    return None


# --- asking ----------------------------------------------------------------------------------------------------------


def may_give_at_once(db: Connection, programme: str) -> bool:
    """Whether the command line may give a role without a second person: while there is no case that anybody could read."""
    return (
        db.execute(
            text("SELECT 1 FROM cases WHERE programme_id = CAST(:id AS uuid) LIMIT 1"), {"id": programme}
        ).first()
        is None
    )


def ask_role(
    db: Connection,
    person: str,
    role: str,
    *,
    programme: str,
    deputy_for: str | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    by: str = SYSTEM_ACTOR,
    asked_by: str | None = None,
    invitation: str | None = None,
    because: RegisterEffects | None = None,
) -> str:
    """Ask for a role, to which somebody else must agree; gives the id of the request.

    `asked_by`: who invited the person, where it is that one who asks by accepting. `because` as with `registry.grant_role`.
    """
    log = lock_log(db, programme)
    registry.insist_given(db, person, role, programme, starts_at or log.now, end=ends_at)
    if any(
        (earlier.person, earlier.role, earlier.deputy_for, earlier.state) == (person, role, deputy_for, ASKED)
        for earlier in fold(_events_of(db, programme)).values()
    ):
        raise Refused(reasons.people.ROLE_ASKED_FOR)
    id = str(uuid_utils.uuid7())
    effects: RegisterEffects = {
        "request": id,
        "person": person,
        "role": str(role),
        "deputy_for": deputy_for,
        "starts_at": starts_at.isoformat() if starts_at else None,
        "ends_at": ends_at.isoformat() if ends_at else None,
    }
    if invitation is not None:
        effects |= {"invitation": invitation, "asked_by": asked_by or SYSTEM_ACTOR}
    effects |= because or {}
    register_log.append(db, log, [log.next_event(ROLE_ASKED, by, effects=effects)])
    announce(db, programme, log.seq + 1)
    return id


def give_or_ask(db: Connection, person: str, role: str, *, programme: str, deputy_for: str | None = None) -> bool:
    """For the command line: give a role, or ask for it where there is something to read already. Whether it was given."""
    if takes_two(role) and not may_give_at_once(db, programme):
        ask_role(db, person, role, programme=programme, deputy_for=deputy_for)
        return False
    registry.grant_role(db, person, role, programme=programme, deputy_for=deputy_for)
    return True


def decide_role(db: Connection, actor: Actor, request_id: str, *, agree: bool, note: str, request: Request) -> Done:
    """Agree as the second person, upon which the role is given at once; or do not. Who asked may take it back."""
    asked = _find(db, actor, request_id)
    role = actor.own_role(asked.programme, DECIDERS)
    if role is None:
        raise NotAllowed(why=reasons.cases.FOR_ROLES_THEMSELVES(roles=DECIDERS))
    if refusal(asked.matter, actor.person, in_role=True, agree=agree, withdrawable=True) is Refusal.PARTY:
        raise NotAllowed(why=reasons.people.OWN_REQUEST)
    # Nobody proves who they are for what is not theirs to decide.
    insist_proved(actor)
    if len(note) > LONGEST or (not agree and not note.strip()):
        # Whoever comes too late has nothing to correct.
        _insist_asked(asked)
        raise InvalidForm(
            fields={"note": reasons.fields.LONGEST(most=LONGEST) if note.strip() else reasons.fields.REQUIRED}
        )
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    log = lock_log(db, asked.programme)
    asked = _find(db, actor, request_id)
    _insist_asked(asked)
    if not agree:
        effects: RegisterEffects = {"request": asked.id, "person": asked.person, "role": asked.role}
        register_log.append(
            db, log, [log.next_event(ROLE_REFUSED, actor.person, effects=effects, body={"note": note.strip()})]
        )
        announce(db, asked.programme, log.seq + 1)
        return finish(db, actor, request, Done({"id": asked.id, "state": REFUSED, "membership": None}))
    begins = datetime.fromisoformat(asked.starts_at) if asked.starts_at else None
    membership = registry.grant_role(
        db,
        asked.person,
        asked.role,
        programme=asked.programme,
        deputy_for=asked.deputy_for,
        starts_at=begins if begins and begins > log.now else None,
        ends_at=datetime.fromisoformat(asked.ends_at) if asked.ends_at else None,
        request=asked.id,
        by=actor.person,
    )
    announce(db, asked.programme, log.seq + 1)
    pass_on_role(db, membership, By(actor.person, role))
    return finish(db, actor, request, Done({"id": asked.id, "state": AGREED, "membership": membership}))


def _insist_asked(request: RoleRequest) -> None:
    if not request.matter.waits:
        raise WrongState(action=reasons.actions.DECIDE_ON_ROLE, why=reasons.people.IN_STATE(state=request.state))


def close_requests(db: Connection, person: str) -> None:
    """Of somebody whose account is closed, or in whose place it would be: what waits for a second person waits no more."""
    for programme in asked_in(db, person):
        log = lock_log(db, programme)
        waiting = [
            request
            for request in fold(_events_of(db, programme)).values()
            if request.state == ASKED and person in (request.person, request.deputy_for)
        ]
        for n, request in enumerate(waiting):
            log = log if n == 0 else lock_log(db, programme)
            effects: RegisterEffects = {"request": request.id, "person": request.person, "role": request.role}
            register_log.append(db, log, [log.next_event(ROLE_REFUSED, SYSTEM_ACTOR, effects=effects)])
            announce(db, programme, log.seq + 1)


def asked_in(db: Connection, person: str) -> list[str]:
    """The programmes in which a role was asked for, for this person or in whose place it would be."""
    return list(db.execute(_ASKED_FOR, {"kind": ROLE_ASKED, "person": person}).scalars())


#: The programmes in which a role was asked for that concerns a person.
_ASKED_FOR = text("""
    SELECT DISTINCT e.log_id::text FROM logs l JOIN events e ON e.log_id = l.id
    WHERE l.kind = 'programme' AND e.kind = :kind AND :person IN (e.effects->>'person', e.effects->>'deputy_for') ORDER BY 1
""")


# --- reading ---------------------------------------------------------------------------------------------------------


def list_requests(db: Connection, actor: Actor) -> Page[RequestedRole]:
    """Roles that were asked for in the actor's programmes, those that wait first and then the newest."""
    requests = [request for programme in told_in(actor) for request in fold(_events_of(db, programme)).values()]
    # The newest first, and what waits before all of it.
    shown = sorted(requests, key=lambda request: (request.state != ASKED, -request.asked_at.timestamp(), request.id))[
        :MOST
    ]
    names = names_of(
        db,
        {who for request in shown for who in (*request.people, request.decided_by) if who != SYSTEM_ACTOR},
        {request.programme for request in shown},
    ) | _programme_names(db, {request.programme for request in shown})
    return Page(items=[_shown(actor, request, names) for request in shown])


def list_waiting(db: Connection, actor: Actor, person: str) -> list[RequestedRole]:
    """Roles of somebody that wait for a second person, in the actor's programmes."""
    return [
        item
        for item in list_requests(db, actor).items
        if item.state == ASKED and item.person and item.person.id == person
    ]


def show_request(db: Connection, actor: Actor, request_id: str) -> RequestedRole:
    """One request, and whether the actor may decide on it. Raises NotFound."""
    request = _find(db, actor, request_id)
    names = names_of(
        db, {who for who in (*request.people, request.decided_by) if who != SYSTEM_ACTOR}
    ) | _programme_names(db, {request.programme})
    return _shown(actor, request, names)


def count_waiting(db: Connection, actor: Actor) -> int:
    """How many wait for the actor's word."""
    return sum(
        _decides(actor, request) for programme in told_in(actor) for request in fold(_events_of(db, programme)).values()
    )


def _decides(actor: Actor, request: RoleRequest) -> bool:
    in_role = actor.own_role(request.programme, DECIDERS) is not None
    return refusal(request.matter, actor.person, in_role=in_role) is None


def _shown(actor: Actor, request: RoleRequest, names: Mapping[str, str]) -> RequestedRole:
    return RequestedRole(
        id=request.id,
        programme=to_named(request.programme, names),
        person=to_named(request.person, names),
        role=request.role,
        deputy_for=to_named(request.deputy_for, names),
        starts_at=request.starts_at,
        ends_at=request.ends_at,
        asked_by=None if request.asked_by == SYSTEM_ACTOR else to_named(request.asked_by, names),
        group=request.group,
        asked_at=instant(request.asked_at),
        state=request.state,
        decided_by=None if request.decided_by == SYSTEM_ACTOR else to_named(request.decided_by, names),
        decided_at=when(request.decided_at),
        decides=_decides(actor, request),
        own=request.state == ASKED and actor.person == request.asked_by,
    )


def _find(db: Connection, actor: Actor, request_id: str) -> RoleRequest:
    for programme in told_in(actor):
        if (request := fold(_events_of(db, programme)).get(request_id)) is not None:
            return request
    raise NotFound("role request")


def _events_of(db: Connection, programme: str) -> list[RegisterEvent]:
    rows = db.execute(_OF_REQUESTS, {"log": programme, "kinds": [ROLE_ASKED, ROLE_REFUSED, GRANTED]})
    return [
        RegisterEvent(log=programme, seq=row.seq, at=row.at, kind=row.kind, actor=row.actor_id, effects=row.effects)
        for row in rows
    ]


#: The events of a programme that ask for a role, or decide on that.
_OF_REQUESTS = text("""
    SELECT seq, at, kind, actor_id, effects FROM events WHERE log_id = CAST(:log AS uuid) AND kind = ANY(:kinds)
    AND effects ? 'request' ORDER BY seq
""")


def _programme_names(db: Connection, ids: set[str]) -> dict[str, str]:
    rows = db.execute(
        text("SELECT id::text, name FROM programmes WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": sorted(ids)}
    )
    return {row[0]: row[1] for row in rows}


@dataclass(frozen=True, slots=True)
class Given:
    """A role that somebody holds now in the own name: since when, who asked for it, and who agreed where it took two."""

    role: str
    since: datetime
    by: str
    agreed_by: str | None


def roles_given(db: Connection, programme: str, people: Iterable[str]) -> dict[str, list[Given]]:
    """Of people who hold roles in a programme now: each, with who gave it. The command line is `system`."""
    wanted = sorted(set(people))
    rows = db.execute(_GIVEN, {"programme": programme, "people": wanted}).all()
    asked = fold(_events_of(db, programme))
    given: dict[str, list[Given]] = {person: [] for person in wanted}
    for row in rows:
        request = asked.get(row.effects.get("request") or "")
        first, second = (request.asked_by, row.actor_id) if request else (row.actor_id, None)
        given[row.person].append(Given(row.role, row.starts_at, first, second))
    return given


def given_by(db: Connection, programme: str, people: Iterable[str]) -> dict[str, list[GivenRole]]:
    """The same by name, for a page."""
    by_person = roles_given(db, programme, people)
    who = {giver for given in by_person.values() for each in given for giver in (each.by, each.agreed_by)}
    names = names_of(db, {giver for giver in who if giver and giver != SYSTEM_ACTOR})
    return {
        person: [
            GivenRole(
                role=each.role,
                since=instant(each.since),
                by=names.get(each.by),
                agreed_by=names.get(each.agreed_by or ""),
            )
            for each in given
        ]
        for person, given in by_person.items()
    }


#: The roles of some people that hold, with the event that gave each.
_GIVEN = text("""
    SELECT m.person_id::text AS person, m.role, m.starts_at, e.actor_id, e.effects FROM memberships m
    JOIN events e ON e.log_id = m.programme_id AND e.kind = 'granted' AND e.effects->>'membership' = m.id::text
    WHERE m.programme_id = CAST(:programme AS uuid) AND m.person_id = ANY(CAST(:people AS uuid[]))
    AND m.deputy_for IS NULL AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())
    ORDER BY m.starts_at, m.id
""")

__all__ = [
    "DECIDERS", "RoleRequest", "ask_role", "asked_in", "close_requests", "count_waiting", "decide_role", "fold", "give_or_ask",
    "given_by", "list_requests", "list_waiting",
    "may_give_at_once", "roles_given", "show_request", "why_not_agreed",
]  # fmt: skip
