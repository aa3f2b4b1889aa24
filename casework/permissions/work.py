"""What somebody may do: in which capacity, with which task, and what stands against it."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from casework import reasons
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import By
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.task_lifecycle import OPERATIONS, VIEW, leads, refusal, works
from casework.engine.roles import ORGANISATION_QUEUES, QUEUE_ROLES, Role
from casework.engine.state.case import Case, Task, Track
from casework.errors import CaseworkError, NotAllowed
from casework.permissions.actors import COVERED, DECIDES, MANAGES, PROVIDER_ROLES, READS_ONLY, Actor
from casework.permissions.visibility import MEDIATED, kept_as_mediator, kept_from, named_for, own_tracks, reach
from casework.reasons import Reason


def capacities(actor: Actor, case: Case, track: Track) -> list[By]:
    """Every capacity in which the actor may act on a track of the case; empty when that person may only look on."""
    ways: dict[By, None] = {}
    above = case.referral_of(track)
    # Nobody asks and judges on one side of a referral and works on the other: a provider's person is the provider's.
    theirs, kept = above is not None and above.provider in reach(actor).organisations, kept_from(actor, case)
    for membership in actor.memberships:
        person = membership.deputy_for or actor.person
        if membership.role in READS_ONLY or membership.deputy_for in case.interests:
            # Whoever declared an interest does nothing in the case, through somebody else neither.
            continue
        if membership.role in PROVIDER_ROLES:
            if above is None or above.provider != membership.organisation or track not in own_tracks(actor, case):
                continue
            if membership.deputy_for in above.barred:
                continue
        elif membership.programme != case.programme or theirs or kept and membership.role in DECIDES:
            continue
        elif case.kind == "mediation":
            # `sight` shows it to those named alone, and what nobody may see nobody may do.
            if (
                membership.role != Role.DISPUTE_OFFICER
                or membership.deputy_for is not None
                or not named_for(case, person)
            ):
                continue
        elif (
            membership.role == Role.DISPUTE_OFFICER
            or membership.role == Role.OFFICER
            and case.owner is not None
            and not named_for(case, person)
        ):
            continue
        ways[By(actor.person, membership.role, membership.organisation, membership.deputy_for)] = None
    # In one's own name rather than as somebody's deputy.
    return sorted(ways, key=lambda by: by.acting_for is not None)


def in_the_programme(actor: Actor, programme: str, roles: Iterable[Role]) -> By | None:
    """A capacity in the programme itself, for what is done before there is a case; in one's own name if possible."""
    for role in roles:
        mine = [m for m in actor.memberships if m.programme == programme and m.role == role]
        for membership in sorted(mine, key=lambda m: m.deputy_for is not None):
            return By(actor.person, role, None, membership.deputy_for)
    return None


def led_scopes(actor: Actor) -> dict[str, By]:
    """Programmes and organisations whose people the actor leads, each with the capacity; in one's own name if possible."""
    scopes: dict[str, By] = {}
    for membership in sorted(actor.memberships, key=lambda m: m.deputy_for is not None):
        scope = (
            membership.programme
            if membership.role == Role.SUPERVISOR
            else membership.organisation
            if membership.role == Role.PROVIDER_LEAD
            else None
        )
        if scope is not None:
            scopes.setdefault(scope, By(actor.person, membership.role, membership.organisation, membership.deputy_for))
    return scopes


def ends_roles(role: str, *, within_organisation: bool, for_another: bool) -> bool:
    """Whether somebody in this role ends roles within a programme or an organisation, and so takes back what they held.

    An administrator does, and a lead in the own organisation. With an absence end the substitute's roles: whoever works there
    is back, and so are those whom a leader says to be back. `for_another`: it is done as a deputy.
    """
    if role == Role.ADMINISTRATOR:
        return True
    if (role in PROVIDER_ROLES) != within_organisation:
        return False
    return role in MANAGES or role in COVERED and not for_another


def choose(mine: Iterable[By], roles: Iterable[Role]) -> By | None:
    """The first capacity that has one of the roles."""
    wanted = frozenset(roles)
    return next((by for by in mine if by.role in wanted), None)


def barred(actor: Actor, case: Case) -> Reason | None:
    """Why this person does nothing in this case now: its contents are gone, for everybody; or an interest was declared."""
    return reasons.retention.TAKES_NOTHING_MORE if case.removed_at is not None else conflict(actor, case)


def conflict(actor: Actor, case: Case) -> Reason | None:
    """Why this person does nothing at all in this case, and takes nothing of it out."""
    if actor.person in case.interests:
        return reasons.cases.INTEREST_DECLARED
    return None


def may_work(actor: Actor, case: Case, task: Task) -> By | None:
    """The capacity in which the actor may take a task, if there is one."""
    if barred(actor, case) or (actor.service and task.type == "decision"):
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
    if by is None or task.queue == Role.PROVIDER and above is not None and above.named not in (None, actor.person):
        return False
    people: set[str | None] = {by.person, by.acting_for}
    if task.type == "side":
        return not duty_reasons(case, edition.tasks[task.rule].not_by, people, track)
    if task.type == "step":
        actions = (rule for rule, _ in edition.leaving(track.states) if by.role in accepted(case, rule.by_people))
        return not any(duty_reasons(case, rule.not_by, people, track) for rule in actions)
    return True


def may_hold(actor: Actor, case: Case, task: Task) -> bool:
    """Whether a task may lie with the actor: who works its queue, or leads it."""
    mine = capacities(actor, case, case.tracks[task.track])
    return barred(actor, case) is None and any(works(case, task, by) or leads(case, task, by) for by in mine)


def may_review(actor: Actor, case: Case, task: Task, asked_by: Collection[str | None]) -> By | None:
    """The capacity in which the actor may answer a review, if there is one: of those who work the task's queue or lead it,
    another person than who asked, in whoever's name."""
    if barred(actor, case) or actor.service or actor.person in asked_by:
        return None
    mine = [
        by
        for by in capacities(actor, case, case.tracks[task.track])
        if by.acting_for is None or by.acting_for not in asked_by
    ]
    fits = [by for by in mine if works(case, task, by)] + [by for by in mine if leads(case, task, by)]
    return fits[0] if fits else None


def operate(actor: Actor, case: Case, task: Task, edition: Edition, operation: str) -> By:
    """The capacity in which somebody who sees a task may do this to it. Raises what refuses it."""
    if (why := barred(actor, case)) is not None:
        raise NotAllowed(why=why)
    # Who works the queue does it as that rather than as its lead, and in one's own name if possible.
    mine = sorted(capacities(actor, case, case.tracks[task.track]), key=lambda by: not works(case, task, by))
    refused: CaseworkError | None = None
    for by in mine:
        why_not = refusal(edition, case, task, by, operation)
        if why_not is None:
            return by
        refused = refused or why_not
    nobody = By(actor.person, None)
    if operation == VIEW:
        return nobody
    if kept_as_mediator(actor, case):
        raise NotAllowed(why=MEDIATED)
    raise refused or refusal(edition, case, task, nobody, operation) or NotAllowed()


def operations(actor: Actor, case: Case, task: Task, edition: Edition) -> list[str]:
    """Everything that the actor may do to a task as it stands, in the order of the table."""
    allowed = []
    for name in OPERATIONS:
        try:
            operate(actor, case, task, edition, name)
        except CaseworkError:
            continue
        allowed.append(name)
    return allowed


def asked(actor: Actor, case: Case, task: Task) -> bool:
    """Whether the actor, or somebody whose deputy the actor is, asked for what the task decides."""
    return bool(_askers(case, task) & {actor.person, *(membership.deputy_for for membership in actor.memberships)})


def _askers(case: Case, task: Task) -> set[str]:
    """Who asked for what a decision task is about, and in whose name."""
    proposal = case.proposals.get(task.of or "")
    return {person for person in (proposal.actor, proposal.acting_for) if person is not None} if proposal else set()
