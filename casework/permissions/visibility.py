"""How much of a case, a referral or a document somebody sees."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from casework import reasons
from casework.engine.case_objects.emergency_access import BREAKERS
from casework.engine.case_objects.unsealing import READERS
from casework.engine.roles import Role
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Document
from casework.permissions.actors import DECIDES, PROVIDER_ROLES, READS_ALL, READS_CLOSED, Actor


class Sight(IntEnum):
    """How much of a case a person sees."""

    NOTHING = 0
    #: Number, title, step and outcome.
    OUTLINE = 1
    #: The referrals of the person's organisation, and what was granted to them.
    REFERRALS = 2
    ALL = 3


@dataclass(frozen=True)
class Reach:
    """Which rows a person may list: the same policy as `sight`, in a form that a query can use."""

    person: str
    all_of: frozenset[str]
    outlines_of: frozenset[str]
    organisations: frozenset[str]
    #: Programmes whose mediations the person reads where named for them.
    disputes: frozenset[str]
    #: Logs that are open to the person for a time, and the programmes in which an opened case or mediation is one to read.
    opened: frozenset[str]
    breakers: frozenset[str]
    readers: frozenset[str]


def reach(actor: Actor) -> Reach:
    # Asked several times of whoever acts; it is made of nothing but the actor, who is frozen.
    known: Reach | None = actor.__dict__.get("_reach")
    if known is None:
        known = actor.__dict__["_reach"] = _reach(actor)
    return known


def _reach(actor: Actor) -> Reach:
    return Reach(
        actor.person,
        frozenset(m.programme for m in actor.memberships if m.programme and m.role in READS_ALL),
        frozenset(m.programme for m in actor.memberships if m.programme and m.role == Role.OBSERVER),
        frozenset(m.organisation for m in actor.memberships if m.organisation and m.role in PROVIDER_ROLES),
        _own_programmes(actor, (Role.DISPUTE_OFFICER,)),
        actor.opened,
        _own_programmes(actor, BREAKERS),
        _own_programmes(actor, READERS),
    )


def closed_of(actor: Actor) -> frozenset[str]:
    """The programmes whose closed needs the actor reads; to all others these needs do not exist."""
    return frozenset(m.programme for m in actor.memberships if m.programme and m.role in READS_CLOSED)


def _own_programmes(actor: Actor, roles: Iterable[Role]) -> frozenset[str]:
    """The programmes in which the actor has one of the roles in the own name."""
    wanted = frozenset(roles)
    return frozenset(
        m.programme for m in actor.memberships if m.programme and m.role in wanted and m.deputy_for is None
    )


def sight(actor: Actor, case: Case) -> Sight:
    """How much of the case the actor sees.

    A mediation is seen by the dispute officers named for it, its provider, and whom two persons have unsealed it for.
    """
    if case.kind == "mediation":
        named = named_for(case, actor.person) and case.programme in reach(actor).disputes
        if named or _opened(actor, case):
            return Sight.ALL
        return Sight.REFERRALS if own_tracks(actor, case) else Sight.NOTHING
    mine = reach(actor)
    if case.programme in mine.all_of or _opened(actor, case):
        return Sight.ALL
    if own_tracks(actor, case):
        return Sight.REFERRALS
    return Sight.OUTLINE if case.programme in mine.outlines_of else Sight.NOTHING


def _opened(actor: Actor, case: Case) -> bool:
    """Whether the log is open to the actor for a time: to read, and to do nothing in it. It ends with the role, too."""
    if case.log not in actor.opened or actor.person in case.interests:
        return False
    return case.programme in _own_programmes(actor, READERS if case.kind == "mediation" else BREAKERS)


def sees_links(actor: Actor, case: Case) -> bool:
    """Whether the actor is told of a case's links to others of its programme: only who reads all of them, and not one for a time."""
    return case.kind == "case" and case.programme in reach(actor).all_of


def takes_out(actor: Actor, case: Case) -> bool:
    """Whether the actor takes the whole case out, in its file or a certificate: who sees all of it, its links to others included. What
    was opened in an emergency is read, and stays."""
    return sight(actor, case) == Sight.ALL and (case.kind != "case" or sees_links(actor, case))


def as_seen(actor: Actor, case: Case) -> Case:
    """The case as its dates are told to the actor: that it is on hold is known to nobody who does not see all of it."""
    return case if sight(actor, case) == Sight.ALL else case.as_unheld()


def own_tracks(actor: Actor, case: Case) -> list[Track]:
    """The tracks that the actor's organisations work on, once they were sent. A barred person has none."""
    organisations = reach(actor).organisations
    tracks = []
    for track in case.tracks.values():
        above = case.referral_of(track)
        if above is None or above.provider not in organisations or not above.sent:
            continue
        if actor.person in above.barred or actor.person in case.interests:
            continue
        tracks.append(track)
    return tracks


def reads_messages(actor: Actor, case: Case, referral: Track | None) -> bool:
    """Whether the actor reads the case's internal notes (`referral` None), or the thread shared in a referral."""
    level = sight(actor, case)
    if referral is None or level == Sight.ALL:
        return level == Sight.ALL
    return level == Sight.REFERRALS and referral in own_tracks(actor, case)


def reads_document(actor: Actor, case: Case, document: Document) -> bool:
    """Whether the actor may take a document's files out.

    A provider's people see what they handed in and what is granted to their referral at this moment; whoever declared an
    interest in the case, in whatever role, sees none.
    """
    if actor.person in case.interests:
        return False
    level = sight(actor, case)
    if level != Sight.REFERRALS:
        return level == Sight.ALL
    mine = {track.id for track in own_tracks(actor, case)}
    if document.track in mine:
        return True
    granted = any(g.document == document.id and g.track in mine and g.ended_at is None for g in case.grants.values())
    return granted and document.withdrawn_at is None


def kept_from(actor: Actor, case: Case) -> bool:
    """Whether the actor is or was one of those who mediate while the case was there, and so decides nothing in it.

    They are the programme's dispute officers and the people of every provider that mediates. It asks for roles and days, and
    never for mediations: whoever is refused, or refuses, learns of none.
    """
    return case.kind == "case" and mediated_since(actor, case.programme, case.opened_at)


def mediated_since(actor: Actor, programme: str, opened_at: datetime) -> bool:
    """Whether the actor is or was one of those who mediate in the programme after that moment."""
    if programme not in actor.mediated:
        return False
    until = actor.mediated[programme]
    return until is None or opened_at < until


def kept_as_mediator(actor: Actor, case: Case) -> bool:
    """Whether that is what keeps the actor from an action: a role that decides in the programme would allow it otherwise."""
    return kept_from(actor, case) and actor.in_programme(case.programme, DECIDES)


#: What is said to whoever is kept from a case.
MEDIATED = reasons.cases.MEDIATED


def named_for(case: Case, person: str) -> bool:
    return person == case.owner or person in case.team
