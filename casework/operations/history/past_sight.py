"""What somebody could see of a case as of an instant, by the roles, referrals and accesses of then. Reads only.

It asks what the application asks of whoever looks now, of the person and the case as both were: `permissions.visibility`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.case_objects.emergency_access import BREAK_GLASS
from casework.engine.roles import Role
from casework.engine.state.case import Case, Task
from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.auth.account_log import CLOSED, REOPENED
from casework.operations.core.register_log import ENDED, GRANTED
from casework.operations.core.views import Named, to_named
from casework.operations.history.past_cases import CaseThen, find_case_then
from casework.operations.history.past_names import names_then
from casework.operations.history.point_in_time import Held, memberships
from casework.operations.history.views import PastSight, RoleThen, SeenDocument, SeenTask
from casework.permissions.actors import Actor, Membership, in_force
from casework.permissions.visibility import Sight, own_tracks, reads_document, sight

#: What is said of how much somebody sees.
LEVELS = {Sight.NOTHING: "nothing", Sight.OUTLINE: "outline", Sight.REFERRALS: "referrals", Sight.ALL: "all"}


def show_sight_then(db: Connection, actor: Actor, number: str, who: str, at: datetime) -> PastSight:
    """What a person, or whoever worked for a provider, could see of a case at an instant. For those who may see the case as it was.

    Raises NotFound also of somebody who has held no role in its programme, and did nothing in the case for a provider of it.
    """
    return sight_then(db, find_case_then(db, actor, number, at), who)


def sight_then(db: Connection, then: CaseThen, who: str) -> PastSight:
    """The same of a case as it was that was found. Raises NotFound."""
    providers = providers_of(then.case)
    if who in providers:
        worker = Membership(Role.PROVIDER, None, who, None, then.case.opened_at, None)
        return _told(db, then, Actor("", "", (worker,)), who)
    held = [(scope, one) for scope, one in _roles(db, then) if one.person == who]
    if not held:
        raise NotFound("person")
    return _told(db, then, _actor_then(db, then, who, held), who)


def providers_of(case: Case) -> set[str]:
    """The providers of a case's referrals, whether they had been asked or not."""
    return {track.provider for track in case.tracks.values() if track.provider}


def those_then(db: Connection, then: CaseThen) -> list[Named]:
    """Of whom one may ask: the providers, and after them all people who had a role in the programme, and those at one of them who ever did
    something in the case, by name."""
    providers = providers_of(then.case)
    people = {one.person for _, one in _roles(db, then) if one.holds(then.at)}
    names = names_then(db, {*people}, {*providers}, then.at)
    return [
        Named(id=id, name=names[id])
        for ids in (providers, people)
        for id in sorted(ids & names.keys(), key=lambda id: (names[id], id))
    ]


#: The roles that some logs have ever told of, in order.
_ROLES = text("""
    SELECT log_id::text AS scope, kind, at, actor_id, effects FROM events
    WHERE log_id = ANY(CAST(:scopes AS uuid[])) AND kind = ANY(:kinds) ORDER BY log_id, seq
""")
#: Whether an account was closed or reopened last by a moment.
_CLOSED = text("""
    SELECT kind FROM events WHERE log_id = CAST(:person AS uuid) AND kind = ANY(:kinds) AND at <= :at ORDER BY seq DESC LIMIT 1
""")


#: Who ever did something in a log, or had it done.
_ACTED = text("""
    SELECT DISTINCT who FROM events CROSS JOIN LATERAL (VALUES (actor_id), (header->>'acting_for')) x(who)
    WHERE log_id = CAST(:log AS uuid) AND who IS NOT NULL
""")


def _roles(db: Connection, then: CaseThen) -> list[tuple[str, Held]]:
    """Every role in a case's programme, and those of its providers' people who did something in it, with where it is held. Who else works
    for a provider is told to nobody outside."""
    acted = set(db.execute(_ACTED, {"log": then.case.log}).scalars())
    scopes = [then.case.programme, *sorted(providers_of(then.case))]
    rows = db.execute(_ROLES, {"scopes": scopes, "kinds": [GRANTED, ENDED]}).all()
    return [
        (scope, one)
        for scope in scopes
        for one in memberships(
            (row.kind, row.at, row.actor_id, row.effects) for row in rows if row.scope == scope
        ).values()
        if scope == then.case.programme or one.person in acted
    ]


def _actor_then(db: Connection, then: CaseThen, person: str, held: Iterable[tuple[str, Held]]) -> Actor:
    """What a person was at that very moment, and whether the case was open to that person in an emergency."""
    case, at = then.case, then.at
    kinds = [f"account_{kind}" for kind in (CLOSED, REOPENED)]
    if db.execute(_CLOSED, {"person": person, "kinds": kinds, "at": at}).scalar_one_or_none() == kinds[0]:
        return Actor(person, "", ())
    roles = [
        Membership(
            one.role,
            scope if scope == case.programme else None,
            None if scope == case.programme else scope,
            one.deputy_for,
            one.starts_at,
            one.ends_at,
        )
        for scope, one in held
        if one.holds(at)
    ]
    opened = any(
        one.kind == BREAK_GLASS
        and one.reader == person
        and one.state == "open"
        and one.until is not None
        and one.until > at
        for one in case.openings.values()
    )
    return Actor(person, "", in_force(roles), opened=frozenset({case.log} if opened else ()))


def _told(db: Connection, then: CaseThen, somebody: Actor, who: str) -> PastSight:
    case, level = then.case, sight(somebody, then.case)
    tracks = (
        list(case.tracks.values())
        if level == Sight.ALL
        else own_tracks(somebody, case)
        if level == Sight.REFERRALS
        else []
    )
    people = {who, *(one.deputy_for for one in somebody.memberships)}
    scopes: set[str | None] = {one.organisation for one in somebody.memberships}
    names = names_then(db, people, scopes | {who}, then.at)
    return PastSight(
        as_of=instant(then.at),
        who=Named(id=who, name=names.get(who)),
        level=LEVELS[level],
        roles=[
            RoleThen(
                role=one.role,
                organisation=to_named(one.organisation, names),
                deputy_for=to_named(one.deputy_for, names),
                since=instant(one.starts_at),
            )
            for one in somebody.memberships
            if somebody.person
        ],
        tracks=[track.id for track in tracks],
        tasks=[
            SeenTask(id=task.id, name=task.name, track=task.track)
            for task in _tasks(case, {track.id for track in tracks}, level)
        ],
        documents=[
            SeenDocument(id=document.id, kind=document.kind, title=then.titles.get(document.id))
            for document in case.documents.values()
            if reads_document(somebody, case, document)
        ],
    )


def _tasks(case: Case, tracks: set[str], level: Sight) -> list[Task]:
    """The open tasks that are shown: of a provider's tracks those that were a provider's."""
    return [
        task
        for task in case.open_tasks()
        if task.track in tracks and (level == Sight.ALL or task.organisation is not None)
    ]
