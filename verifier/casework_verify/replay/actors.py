"""Whether whoever acted held the role for it at that moment, and was none of those who may not."""

from __future__ import annotations

from collections.abc import Iterable

from casework_verify.replay.context import Context, Found, listed, say
from casework_verify.replay.small_changes import done_elsewhere
from casework_verify.replay.standing import PARTY, SYSTEM, Case, Event
from casework_verify.replay.workflows import PROVIDERS, READERS, THEIR_QUEUES, WORKS, may_act

#: What a rule may do by itself.
_BY_ITSELF = frozenset({
    "fired", "joined", "timer_fired", "recounted", "activated", "added", "completed", "assigned", "consent_ended", "grant_expired",
    "relieved", "erased", "handed_over", "migrated",
})  # fmt: skip
_BY_LINK = frozenset({"completed", "document_registered"})
_INTEREST = "interest_declared"


def actor_faults(context: Context, case: Case, event: Event) -> Found:
    """What speaks against whoever acted."""
    if event.actor == SYSTEM or event.role == "system":
        if event.actor != event.role or event.acting_for is not None or event.organisation is not None:
            yield say("actor_mixed")
        if event.kind not in _BY_ITSELF:
            yield say("actor_system", kind=event.kind)
    elif event.actor == PARTY or event.role == "party":
        yield from _party(case, event)
    elif event.kind == "relieved":
        # It follows from the end of a role in its scope; that somebody ended it stands in a log that is not the case's.
        context.as_told["relieved"] += 1
    else:
        yield from _person(context, case, event)


def _person(context: Context, case: Case, event: Event) -> Found:
    if event.kind != _INTEREST:
        if event.people & case.interests:
            yield say("actor_interested")
        if event.role in READERS:
            yield say("actor_reader", role=event.role)
    if event.role in PROVIDERS:
        yield from _provider(context, case, event)
        return
    if event.organisation is not None and event.kind != _INTEREST:
        yield say("actor_not_asked")
    yield from role_faults(context, case.programme, event, any_deputy=event.kind == _INTEREST)
    named = {case.owner, *case.team}
    owned = event.role == "dispute_officer" or event.role == "officer" and case.owner is not None
    # Of a link the history of the other case tells whether whoever made it worked there.
    owned = owned and event.kind != _INTEREST and not done_elsewhere(event)
    if owned and (event.acting_for or event.actor) not in named:
        yield say("actor_unnamed", role=event.role)


def _provider(context: Context, case: Case, event: Event) -> Found:
    if event.kind == _INTEREST:
        if event.organisation:
            yield from role_faults(context, event.organisation, event)
        return
    above = case.referral_of(case.tracks.get(event.track or ""))
    if above is None or above.provider is None or above.provider != event.organisation:
        yield say("actor_not_asked")
        return
    if event.people & above.barred:
        yield say("actor_barred")
    yield from role_faults(context, above.provider, event)


def role_faults(context: Context, scope: str, event: Event, *, any_deputy: bool = False) -> Found:
    """Whether the role was given before and had not ended."""
    if context.roles is None:
        return
    role, roles = str(event.role), context.roles
    if roles.held(scope, event.actor, role, event.acting_for, event.at, any_deputy=any_deputy):
        return
    given = roles.given(scope, event.actor, role)
    if not given:
        if context.tells("role_never", scope, event.actor, role):
            yield say("role_never", role=role)
    elif all(max(one.starts_at, one.given_at) > event.at for one in given):
        yield say("role_later", role=role)
    elif event.acting_for and all(one.deputy_for != event.acting_for for one in given):
        yield say("role_not_deputy", role=role)
    elif not event.acting_for and all(one.deputy_for for one in given):
        yield say("role_never", role=role)
    else:
        yield say("role_ended", role=role)


def _party(case: Case, event: Event) -> Found:
    """A party does something by a link that was given for that task and was not used."""
    if event.actor != PARTY or event.role != "party":
        yield say("actor_mixed")
    if event.kind not in _BY_LINK:
        yield say("link_for_nothing", kind=event.kind)
        return
    link = case.links.get(event.effects.get("link", ""))
    if link is None or link["state"] != "open":
        yield say("link_none")
    elif event.kind == "completed" and link["task"] != event.effects["task"]:
        yield say("link_other")
    elif event.at > link["until"]:
        yield say("link_over")


def role_not_among(case: Case, event: Event, roles: Iterable[str]) -> Found:
    """Whether it is written for the role in which somebody acted."""
    wanted = [role for role in roles if role != SYSTEM]
    if event.role not in may_act(wanted, sealed=case.sealed):
        yield say("role_not_for_it", wanted=listed(wanted), role=event.role)


def opening_faults(context: Context, event: Event) -> Found:
    """A history begins with what opened it, by somebody who could."""
    about = event.effects.get("case", {})
    roles = ("dispute_officer",) if about.get("kind") == "mediation" else ("officer", "supervisor")
    if event.role not in roles:
        yield say("role_not_for_it", wanted=listed(roles), role=event.role)
    yield from role_faults(context, about["programme"], event, any_deputy=True)


def works(queue: str, organisation: str | None, event: Event) -> bool:
    """Whether whoever acted works a queue."""
    if event.role not in WORKS.get(queue, frozenset()):
        return False
    return queue not in THEIR_QUEUES or organisation == event.organisation
