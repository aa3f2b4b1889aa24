"""Whether whoever acted had the role for it at that moment."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.case_objects.case_links import done_elsewhere
from casework.engine.execution.effect_roles import accepted
from casework.engine.roles import QUEUE_ROLES, Role
from casework.engine.state.case import Case, Task
from casework.engine.state.events import (
    FIRED,
    INTEREST_DECLARED,
    OPENED,
    RELIEVED,
    SYSTEM_ACTOR,
    Event,
)
from casework.operations.integrations.service_account_scopes import NONE, scope_of_event
from casework.operations.verification.authorization.evidence import BY_ITSELF, Evidence, Reasons, listed
from casework.operations.verification.authorization.links import is_party, party_against
from casework.permissions.actors import DECIDES, PROVIDER_ROLES, READS_ONLY
from casework.permissions.work import ends_roles


def opening_against(evidence: Evidence, event: Event) -> Reasons:
    if event.kind != OPENED:
        yield "a log begins with what opened it"
        return
    case = event.effects["case"]
    roles = (Role.DISPUTE_OFFICER,) if case["kind"] == "mediation" else (Role.OFFICER, Role.SUPERVISOR)
    if event.role not in roles:
        yield f"a {case['kind']} is opened by {listed(roles)}, not by {event.role}"
    yield from role_not_held(evidence, case["programme"], event, any_deputy=True)


def actor_against(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.actor == SYSTEM_ACTOR or event.role == Role.SYSTEM:
        if event.actor != SYSTEM_ACTOR or event.role != Role.SYSTEM:
            yield "a person and the system cannot act as one another"
        if event.kind not in BY_ITSELF:
            yield f"what is “{event.kind}” does not happen by itself"
        return
    if is_party(event):
        yield from party_against(evidence, before, event)
        return
    if event.kind == RELIEVED:
        yield from _ended_a_role(evidence, before, event)
        return
    if event.actor in before.interests and event.kind != INTEREST_DECLARED:
        yield "its actor had declared an interest in the case"
    if event.acting_for in before.interests and event.kind != INTEREST_DECLARED:
        yield "it was done for somebody who had declared an interest in the case"
    if event.role in READS_ONLY and event.kind != INTEREST_DECLARED:
        yield f"the role {event.role} only reads"
    if event.role in PROVIDER_ROLES:
        yield from _service(evidence, event)
        yield from _provider(evidence, before, event)
        return
    yield from belongs_to_provider(evidence, before, event)
    yield from role_not_held(evidence, before.programme, event, any_deputy=event.kind == INTEREST_DECLARED)
    if was_mediator(evidence, before, event, event.actor) and event.role in DECIDES and event.kind != INTEREST_DECLARED:
        yield "its actor was a dispute officer of the programme, or of a provider that mediates, while the case was there"
    named = {before.owner, *before.team}
    wanted = event.role == Role.DISPUTE_OFFICER or event.role == Role.OFFICER and before.owner is not None
    # Of a link the log of the other case tells whether whoever made it worked there.
    wanted = wanted and event.kind != INTEREST_DECLARED and not done_elsewhere(event)
    if wanted and (event.acting_for or event.actor) not in named:
        yield f"its {str(event.role).replace('_', ' ')} was not named for the case"


def was_mediator(evidence: Evidence, before: Case, event: Event, person: str) -> bool:
    return before.kind == "case" and evidence.past.mediated(person, before.programme, before.opened_at, event.at)


def _ended_a_role(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """Whoever ended a role of whoever held it need have none in the case; the scope's own log tells whether they could."""
    task = task_of(before, event)
    inside = task is not None and task.organisation is not None
    scope, role = str(task.organisation) if task and inside else before.programme, str(event.role)
    if not ends_roles(role, within_organisation=inside, for_another=event.acting_for is not None):
        yield f"roles are not ended by the role {role}"
    elif role == Role.ADMINISTRATOR and not evidence.past.administers(scope, event.actor, event.at):
        yield "its actor was no administrator at that moment"
    elif role != Role.ADMINISTRATOR:
        yield from role_not_held(evidence, scope, event)
    if not evidence.past.ended_by(scope, event.effects["person"], event.actor, event.at):
        yield "its actor had not ended a role of whoever held the task"


def _service(evidence: Evidence, event: Event) -> Reasons:
    """A provider's own system does what its account was made for, and is nobody's second person."""
    scopes = evidence.past.service_scopes(event.organisation, event.actor) if event.organisation else None
    if scopes is None or event.because is not None:
        return
    edition = evidence.library.editions.get(event.edition or "")
    match = edition.find(event.effects["transition"], event.frm) if edition and event.kind == FIRED else None
    needed = scope_of_event(event, match[0] if match else None)
    if needed == NONE:
        yield "it was done by a service account, and is for people alone"
    elif needed not in scopes:
        yield f"its service account did not have the scope {needed}"


def _provider(evidence: Evidence, before: Case, event: Event) -> Reasons:
    if event.kind == INTEREST_DECLARED:
        if event.organisation:
            yield from role_not_held(evidence, event.organisation, event)
        return
    track = before.tracks.get(event.track or "")
    above = before.referral_of(track) if track else None
    if above is None or above.provider is None or above.provider != event.organisation:
        yield "its actor's organisation did not have the referral"
        return
    if event.actor in above.barred:
        yield "its actor was shut out of the referral"
    if event.acting_for in above.barred:
        yield "it was done for somebody who was shut out of the referral"
    yield from role_not_held(evidence, above.provider, event)


def belongs_to_provider(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """Whoever belongs to a referral's provider does nothing in it for the office."""
    track = before.tracks.get(event.track or "")
    above = before.referral_of(track) if track else None
    if above is not None and above.provider and evidence.past.of_organisation(event.actor, above.provider, event.at):
        yield "its actor belonged to the provider of the referral"


def role_not_held(evidence: Evidence, scope: str, event: Event, *, any_deputy: bool = False) -> Reasons:
    role = str(event.role)
    if not evidence.past.held(scope, event.actor, role, event.acting_for, event.at, any_deputy=any_deputy):
        deputy = " as a deputy" if event.acting_for else ""
        yield f"its actor did not hold the role {role}{deputy} at that moment"


def role_not_among(before: Case, event: Event, roles: Iterable[Role]) -> Reasons:
    wanted = tuple(roles)
    if event.role not in accepted(before, wanted):
        yield f"it is for {listed(wanted)}, not for {event.role}"


def queue_not_worked(event: Event, task: Task) -> Reasons:
    if event.role not in QUEUE_ROLES.get(task.queue, frozenset()):
        yield f"the task was in the queue {task.queue}, which {event.role} does not work"
    if task.organisation is not None and task.organisation != event.organisation:
        yield "the task was another organisation's"


def task_of(before: Case, event: Event) -> Task | None:
    return before.tasks.get(event.effects["task"])


def any_role_held(evidence: Evidence, scope: str, person: str, roles: Iterable[Role], event: Event) -> bool:
    return any(evidence.past.held(scope, person, role, None, event.at) for role in roles)
