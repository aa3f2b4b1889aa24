"""Who may do what, here and now, and for whom. Pure: one policy answers both the gate and the list.

A capacity is one way in which a person may act: a role, within an organisation or not, perhaps for somebody else.
What a person may not see does not exist for that person: callers raise NotFound, not NotAllowed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum

from casework.engine.case_objects.disclosures import BREAKERS, READERS
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import By
from casework.engine.execution.effects import accepted
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.task_lifecycle import OPERATIONS, VIEW, leads, refusal, works
from casework.engine.roles import (
    ADMINISTRATOR,
    AUDITOR,
    COMPLIANCE,
    DISPUTE_OFFICER,
    MANAGER,
    OBSERVER,
    OFFICER,
    ORGANISATION_QUEUES,
    PROVIDER,
    PROVIDER_LEAD,
    QUEUE_ROLES,
    SUPERVISOR,
    VERIFIER,
)  # fmt: skip
from casework.engine.state.case import Case, Document, Task, Track
from casework.errors import CaseworkError, NotAllowed

#: Roles that read every case of their programme in full.
READS_ALL = frozenset({OFFICER, SUPERVISOR, COMPLIANCE, MANAGER, AUDITOR})
#: Roles that never change anything in a case.
READS_ONLY = frozenset({MANAGER, AUDITOR, OBSERVER})
PROVIDER_ROLES = frozenset({PROVIDER, PROVIDER_LEAD, VERIFIER})
#: What a substitute can do for somebody who is away. A sealed mediation is there for those named for it alone, and whoever
#: gives roles does not pass that on.
COVERED = (OFFICER, SUPERVISOR, COMPLIANCE, PROVIDER, PROVIDER_LEAD, VERIFIER)
#: Who enters and ends absences of others, each in the own programme or organisation.
MANAGES = (SUPERVISOR, PROVIDER_LEAD)
#: Roles that work on the cases of a programme and decide in them. No dispute officer of it has one.
DECIDES = frozenset({OFFICER, SUPERVISOR, COMPLIANCE})


#: Roles in a programme by which people read its cases, decide in them, or give roles: two persons give each of them.
TAKES_TWO = READS_ALL | {DISPUTE_OFFICER, ADMINISTRATOR}
#: Beside the first of each, nobody has one of the others in the same programme: whoever judges the work of others does
#: none of it, and whoever works on sealed mediations works on no case.
APART = (
    (AUDITOR, frozenset({OFFICER, SUPERVISOR, COMPLIANCE, DISPUTE_OFFICER, ADMINISTRATOR})),
    (DISPUTE_OFFICER, DECIDES | {AUDITOR}),
)  # fmt: skip


def takes_two(role: str) -> bool:
    """Whether a second person must agree before the role is given."""
    return role in TAKES_TWO


def apart_from(role: str) -> frozenset[str]:
    """The roles that nobody has beside this one in the same programme."""
    return frozenset().union(
        *(others for one, others in APART if one == role), *({one} for one, others in APART if role in others)
    )


@dataclass(frozen=True, slots=True)
class Membership:
    """A role within a programme or an organisation, for a time; as a deputy where `deputy_for` is set."""

    role: str
    programme: str | None
    organisation: str | None
    deputy_for: str | None
    starts_at: datetime
    ends_at: datetime | None

    def holds(self, now: datetime) -> bool:
        return self.starts_at <= now and (self.ends_at is None or now < self.ends_at)


def in_force(memberships: Iterable[Membership]) -> tuple[Membership, ...]:
    """Those that count: beside the dispute officer's role nobody decides in the cases of the same programme.

    So it is never a mediation that makes somebody unfit for a case, and nobody learns of one by being refused. And whoever
    decides in a programme is no auditor there, as a deputy neither.
    """
    given = tuple(memberships)
    apart = {one.programme for one in given if one.role == DISPUTE_OFFICER}
    judged = {one.programme for one in given if one.role in apart_from(AUDITOR)}
    return tuple(
        one for one in given
        if not (one.role in DECIDES and one.programme in apart or one.role == AUDITOR and one.programme in judged)
    )  # fmt: skip


class Proof(IntEnum):
    """Whether it is known that it is the person who asks, and not somebody at an open session or with a stray token."""

    #: Proved lately; or somebody of whom nobody need ask, such as who runs the installation.
    FRESH = 0
    #: Of a session, too long ago.
    OLD = 1
    #: A token that was not made for deciding.
    NONE = 2


#: The scope of tokens that do what is sensitive: made, like every token, by somebody who has just proved who that is.
DECIDE = "decide"


@dataclass(frozen=True)
class Actor:
    """A person who asks for something, with what that person is at this moment."""

    person: str
    name: str
    memberships: tuple[Membership, ...]
    language: str = "en"
    #: Of the token that was used; a session has all of them.
    scopes: frozenset[str] = frozenset({"read", "write", "import", "admin", DECIDE})
    #: How long ago the person of a session showed who that is; none of a token, which proves it by itself.
    proved: timedelta | None = None
    #: What follows from that for a deed that is sensitive.
    proof: Proof = Proof.FRESH
    #: The one programme that lists show; none: every one of the person's.
    focus: str | None = None
    #: A provider's own system, and no person: it is nobody's second pair of eyes.
    service: bool = False
    #: By programme until when the person is or was one of those who mediate; None while no end is said.
    mediated: Mapping[str, datetime | None] = field(default_factory=dict)
    #: Logs that two persons unsealed for this one to read, or that this one opened in an emergency, at this moment.
    opened: frozenset[str] = frozenset()

    def roles(self, programme: str | None = None) -> set[str]:
        return {m.role for m in self.memberships if programme is None or m.programme == programme}

    def in_programme(self, programme: str, roles: Iterable[str]) -> bool:
        wanted = frozenset(roles)
        return any(m.programme == programme and m.role in wanted for m in self.memberships)


def with_proof(actor: Actor, within: timedelta) -> Actor:
    """Whoever asks by a session or with a token, and whether that may do what is sensitive.

    A service account's scopes say all that it may do, and none of them is a decision.
    """
    if actor.proved is not None:
        return replace(actor, proof=Proof.FRESH if actor.proved <= within else Proof.OLD)
    return replace(actor, proof=Proof.FRESH if actor.service or DECIDE in actor.scopes else Proof.NONE)


def focused(actor: Actor, programme: str | None) -> Actor:
    """The actor for lists of one programme: with the memberships in it, and those in organisations. Never more."""
    if programme is None:
        return actor
    kept = tuple(one for one in actor.memberships if one.programme in (programme, None))
    return replace(actor, memberships=kept, focus=programme)


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
    return Reach(
        actor.person,
        frozenset(m.programme for m in actor.memberships if m.programme and m.role in READS_ALL),
        frozenset(m.programme for m in actor.memberships if m.programme and m.role == OBSERVER),
        frozenset(m.organisation for m in actor.memberships if m.organisation and m.role in PROVIDER_ROLES),
        _own_programmes(actor, (DISPUTE_OFFICER,)),
        actor.opened,
        _own_programmes(actor, BREAKERS),
        _own_programmes(actor, READERS),
    )


def _own_programmes(actor: Actor, roles: Iterable[str]) -> frozenset[str]:
    """The programmes in which the actor has one of the roles in the own name."""
    wanted = frozenset(roles)
    return frozenset(m.programme for m in actor.memberships if m.programme and m.role in wanted and m.deputy_for is None)


def sight(actor: Actor, case: Case) -> Sight:
    """How much of the case the actor sees.

    A mediation is seen by the dispute officers named for it, its provider, and whom two persons have unsealed it for.
    """
    if case.kind == "mediation":
        named = _named(case, actor.person) and case.programme in reach(actor).disputes
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


def own_tracks(actor: Actor, case: Case) -> list[Track]:
    """The tracks that the actor's organisations work on, once they were sent. A barred person has none."""
    organisations = reach(actor).organisations
    found = []
    for track in case.tracks.values():
        above = case.referral_of(track)
        if above is None or above.provider not in organisations or "draft" in above.states or "send" not in above.fired:
            continue
        if actor.person in above.barred or actor.person in case.interests:
            continue
        found.append(track)
    return found


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
    """Whether that is what keeps the actor from a deed: a role that decides in the programme would allow it otherwise."""
    return kept_from(actor, case) and actor.in_programme(case.programme, DECIDES)


#: What is said to whoever is kept from a case.
MEDIATED = (
    "whoever was a dispute officer of the programme, or worked for a provider that mediates, works on the cases that were"
    " opened after that."
)


def capacities(actor: Actor, case: Case, track: Track) -> list[By]:
    """Every capacity in which the actor may act on a track of the case; empty when that person may only look on."""
    found: dict[By, None] = {}
    above = case.referral_of(track)
    # Nobody asks and judges on one side of a referral and works on the other: a provider's person is the provider's.
    theirs, kept = above is not None and above.provider in reach(actor).organisations, kept_from(actor, case)
    for one in actor.memberships:
        person = one.deputy_for or actor.person
        if one.role in READS_ONLY or one.deputy_for in case.interests:
            # Whoever declared an interest does nothing in the case, through somebody else neither.
            continue
        if one.role in PROVIDER_ROLES:
            if above is None or above.provider != one.organisation or track not in own_tracks(actor, case):
                continue
            if one.deputy_for in above.barred:
                continue
        elif one.programme != case.programme or theirs or kept and one.role in DECIDES:
            continue
        elif case.kind == "mediation":
            # `sight` shows it to those named alone, and what nobody may see nobody may do.
            if one.role != DISPUTE_OFFICER or one.deputy_for is not None or not _named(case, person):
                continue
        elif one.role == DISPUTE_OFFICER or one.role == OFFICER and case.owner is not None and not _named(case, person):
            continue
        found[By(actor.person, one.role, one.organisation, one.deputy_for)] = None
    # In one's own name rather than as somebody's deputy.
    return sorted(found, key=lambda by: by.acting_for is not None)


def _named(case: Case, person: str) -> bool:
    return person == case.owner or person in case.team


def in_the_programme(actor: Actor, programme: str, roles: Iterable[str]) -> By | None:
    """A capacity in the programme itself, for what is done before there is a case; in one's own name if possible."""
    for role in roles:
        mine = [m for m in actor.memberships if m.programme == programme and m.role == role]
        for one in sorted(mine, key=lambda m: m.deputy_for is not None):
            return By(actor.person, role, None, one.deputy_for)
    return None


def led_scopes(actor: Actor) -> dict[str, By]:
    """Programmes and organisations whose people the actor leads, each with the capacity; in one's own name if possible."""
    found: dict[str, By] = {}
    for one in sorted(actor.memberships, key=lambda m: m.deputy_for is not None):
        scope = one.programme if one.role == SUPERVISOR else one.organisation if one.role == PROVIDER_LEAD else None
        if scope is not None:
            found.setdefault(scope, By(actor.person, one.role, one.organisation, one.deputy_for))
    return found


def ends_roles(role: str, *, within_organisation: bool, for_another: bool) -> bool:
    """Whether somebody in this role ends roles within a programme or an organisation, and so takes back what they held.

    An administrator does, and a lead in the own organisation. With an absence end the substitute's roles: whoever works there
    is back, and so are those whom a leader says to be back. `for_another`: it is done as a deputy.
    """
    if role == ADMINISTRATOR:
        return True
    if (role in PROVIDER_ROLES) != within_organisation:
        return False
    return role in MANAGES or role in COVERED and not for_another


def choose(mine: Iterable[By], roles: Iterable[str]) -> By | None:
    """The first capacity that has one of the roles."""
    wanted = frozenset(roles)
    return next((by for by in mine if by.role in wanted), None)


def conflict(actor: Actor, case: Case) -> str | None:
    """Why this person does nothing at all in this case."""
    if actor.person in case.interests:
        return "you have declared an interest in this case."
    return None


def may_work(actor: Actor, case: Case, task: Task) -> By | None:
    """The capacity in which the actor may take a task, if there is one."""
    if conflict(actor, case) or (actor.service and task.type == "decision"):
        return None
    mine = capacities(actor, case, case.tracks[task.track])
    if task.type == "decision":
        # Whoever asked, or had it asked in their name, does not decide, and keeps nobody from deciding.
        mine = [by for by in mine if not _askers(case, task) & {by.person, by.acting_for}]
    by = choose(mine, QUEUE_ROLES.get(task.queue, frozenset()))
    if by is not None and task.queue in ORGANISATION_QUEUES and by.organisation != task.organisation:
        return None
    return by


def may_have(actor: Actor, case: Case, task: Task, edition: Edition) -> bool:
    """Whether a rule may give the actor a task: who may work it, is whom its referral names, and does not judge the own work."""
    by = may_work(actor, case, task)
    track = case.tracks[task.track]
    above = case.referral_of(track)
    if by is None or task.queue == PROVIDER and above is not None and above.named not in (None, actor.person):
        return False
    people: set[str | None] = {by.person, by.acting_for}
    if task.type == "side":
        return not duty_reasons(case, edition.tasks[task.rule].not_by, people, track)
    if task.type == "step":
        deeds = (rule for rule, _ in edition.leaving(track.states) if by.role in accepted(case, rule.by_people))
        return not any(duty_reasons(case, rule.not_by, people, track) for rule in deeds)
    return True


def may_hold(actor: Actor, case: Case, task: Task) -> bool:
    """Whether a task may lie with the actor: who works its queue, or leads it."""
    mine = capacities(actor, case, case.tracks[task.track])
    return conflict(actor, case) is None and any(works(case, task, by) or leads(case, task, by) for by in mine)


def may_review(actor: Actor, case: Case, task: Task, asked_by: Collection[str | None]) -> By | None:
    """The capacity in which the actor may answer a review, if there is one: of those who work the task's queue or lead it,
    another person than who asked, in whoever's name."""
    if conflict(actor, case) or actor.service or actor.person in asked_by:
        return None
    mine = [by for by in capacities(actor, case, case.tracks[task.track]) if by.acting_for is None or by.acting_for not in asked_by]
    fits = [by for by in mine if works(case, task, by)] + [by for by in mine if leads(case, task, by)]
    return fits[0] if fits else None


def operate(actor: Actor, case: Case, task: Task, edition: Edition, operation: str) -> By:
    """The capacity in which somebody who sees a task may do this to it. Raises what refuses it."""
    if (why := conflict(actor, case)) is not None:
        raise NotAllowed(why=why)
    # Who works the queue does it as that rather than as its lead, and in one's own name if possible.
    mine = sorted(capacities(actor, case, case.tracks[task.track]), key=lambda by: not works(case, task, by))
    refused: CaseworkError | None = None
    for by in mine:
        why_not = refusal(edition, case, task, by, operation)
        if why_not is None:
            return by
        refused = refused or why_not
    nobody = By(actor.person, "none")
    if operation == VIEW:
        return nobody
    if kept_as_mediator(actor, case):
        raise NotAllowed(why=MEDIATED)
    raise refused or refusal(edition, case, task, nobody, operation) or NotAllowed()


def operations(actor: Actor, case: Case, task: Task, edition: Edition) -> list[str]:
    """Everything that the actor may do to a task as it stands, in the order of the table."""
    found = []
    for name in OPERATIONS:
        try:
            operate(actor, case, task, edition, name)
        except CaseworkError:
            continue
        found.append(name)
    return found


def asked(actor: Actor, case: Case, task: Task) -> bool:
    """Whether the actor, or somebody whose deputy the actor is, asked for what the task decides."""
    return bool(_askers(case, task) & {actor.person, *(one.deputy_for for one in actor.memberships)})


def _askers(case: Case, task: Task) -> set[str]:
    """Who asked for what a decision task is about, and in whose name."""
    found = case.proposals.get(task.of or "")
    return {one for one in (found.actor, found.acting_for) if one is not None} if found else set()
