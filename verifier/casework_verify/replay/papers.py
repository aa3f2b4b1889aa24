"""Whether documents, consents, the access of providers, messages and what else stands beside the steps was done as it may be."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from casework_verify.replay.actors import role_not_among
from casework_verify.replay.clocks import is_due
from casework_verify.replay.context import Context, Found, say
from casework_verify.replay.standing import PARTIES, Case, Event

_CLERKS, _OFFICE = ("officer", "supervisor", "compliance"), ("officer", "supervisor")


def grant_faults(case: Case, event: Event) -> Found:
    """Nothing is shown to a provider but under a living consent of each party that it concerns."""
    fresh = {one["id"]: one for one in event.effects.get("consents", ())}
    for grant in event.effects.get("grants", ()):
        document, track = case.documents.get(grant["document"]), case.tracks.get(grant["track"])
        if document is None or track is None or "withdrawn_at" in document:
            yield say("grant_of_none")
            continue
        under = [case.consents.get(id) or fresh.get(id) for id in grant["consents"]]
        for party in _concerned(document):
            if not any(one and one["party"] == party and _covers(one, document["id"], track.provider) for one in under):
                yield say("grant_without_consent", party=party)
    for id in event.effects.get("grants_ended", ()):
        if id not in case.grants or "ended_at" in case.grants[id]:
            yield say("grant_of_none")


def _concerned(document: dict[str, Any]) -> Iterable[str]:
    if document["party"] is not None:
        return (document["party"],)
    return () if document.get("own") else PARTIES


def _covers(consent: dict[str, Any], document: str, provider: str | None) -> bool:
    if "ended_at" in consent or provider in consent.get("not_to", ()):
        return False
    named, shown = consent["providers"], consent["documents"]
    return (named is None or provider in named) and (shown is None or document in shown)


def document_faults(context: Context, case: Case, event: Event) -> Found:
    """Entered by those whose document it is; its versions count on."""
    track = case.tracks.get(event.track) if event.track else None
    if event.role != "party":
        yield from role_not_among(case, event, _CLERKS if track is None else ("provider",))
    if track is not None and (not track.is_request or "accepts" not in track.played):
        yield say("paper_not_here")
    fresh = {one["id"] for one in event.effects.get("documents", ())}
    if fresh & case.documents.keys():
        yield say("paper_again")
    for filed in event.effects.get("files", ()):
        if filed["version"] != case.versions.get(filed["document"], 0) + 1:
            yield say("paper_version", version=filed["version"])
        if filed["document"] not in fresh:
            yield from _own(case, event, filed["document"])
    for id in event.effects.get("documents_withdrawn", ()):
        yield from _own(case, event, id)


def _own(case: Case, event: Event, id: str) -> Found:
    document = case.documents.get(id)
    if document is None or "withdrawn_at" in document or document.get("letter") is not None:
        yield say("paper_unknown")
    elif document["track"] != event.track:
        yield say("paper_theirs")


def letter_faults(context: Context, case: Case, event: Event) -> Found:
    yield from role_not_among(case, event, _OFFICE)
    if case.closed_at is not None and event.kind == "letter_sent" and event.effects.get("what") != "closing":
        yield say("case_closed", kind=event.kind)
    if event.kind == "letter_dispatched" and any(
        one["id"] not in case.documents for one in event.effects["dispatched"]
    ):
        yield say("paper_unknown")


def access_faults(context: Context, case: Case, event: Event) -> Found:
    """One access of this referral, by those who end it, or because its day is over."""
    effects = event.effects
    ids = [*effects.get("grants_ended", ()), *(one["id"] for one in effects.get("grant_days", ()))]
    if (
        len(ids) != 1
        or ids[0] not in case.grants
        or "ended_at" in case.grants[ids[0]]
        or case.grants[ids[0]]["track"] != event.track
    ):
        yield say("grant_of_none")
    if event.kind != "grant_expired":
        yield from role_not_among(case, event, _OFFICE)
    elif not any(clock.grant in ids and is_due(clock, event, "end_access") for clock in case.clocks.values()):
        yield say("timer_none", what="end_access")


def returned_faults(context: Context, case: Case, event: Event) -> Found:
    yield from role_not_among(case, event, ("provider",))
    for id in event.effects["grants_returned"]:
        grant = case.grants.get(id)
        if grant is None or grant["track"] != event.track or "ended_at" not in grant:
            yield say("grant_of_none")


def consent_faults(context: Context, case: Case, event: Event) -> Found:
    for ended in event.effects["consents_ended"]:
        consent = case.consents.get(ended["id"])
        if consent is None or "ended_at" in consent:
            yield say("consent_none")
        elif not event.by_itself:
            yield from role_not_among(case, event, _OFFICE)
        elif not any(one.consent == ended["id"] and is_due(one, event, "expire") for one in case.clocks.values()):
            yield say("timer_none", what="expire")


def message_faults(context: Context, case: Case, event: Event) -> Found:
    """What is written, or taken back, in its own place by whoever wrote it."""
    track, effects = case.tracks.get(event.track or ""), event.effects
    inside = event.kind == "noted"
    if (track is None) is not inside:
        yield say("message_place")
        return
    yield from role_not_among(case, event, _CLERKS if inside else (*_OFFICE, "provider"))
    if track is not None and not (track.is_request and track.sent):
        yield say("message_place")
    earlier = context.messages.setdefault(effects["message"], [])
    if effects["what"] == "written":
        if earlier:
            yield say("message_again")
    elif not earlier or (earlier[0].kind, earlier[0].track, earlier[0].seq) != (event.kind, event.track, event.because):
        yield say("message_none")
    elif earlier[0].actor != event.actor or any(one.effects["what"] == "taken_back" for one in earlier):
        yield say("message_theirs")
    if "reply_to" in effects and effects["reply_to"] not in context.messages:
        yield say("message_none")
    earlier.append(event)


def handed_over_faults(context: Context, case: Case, event: Event) -> Found:
    """A case comes to somebody who holds the role for it, and whoever leaves it holds nothing in it any more."""
    if event.by_itself:
        context.as_told["handed_over"] += 1
        if not case.sealed:
            yield say("actor_system", kind=event.kind)
    else:
        yield from role_not_among(case, event, _OFFICE)
    owner, team = event.effects["owner"], event.effects["team"]
    role = "dispute_officer" if case.sealed else "officer"
    for person in {owner, *team} - {case.owner, *case.team}:
        if context.roles is not None and not context.roles.held(
            case.programme, person, role, None, event.at, any_deputy=True
        ):
            yield say("handed_to_none", role=role)
    leaving = ({case.owner, *case.team} - {owner, *team}) | ({case.owner} - {owner})
    yield from _freed(case, event, leaving)


def _freed(case: Case, event: Event, people: set[str | None]) -> Found:
    held = {
        task.id
        for tasks in case.open_on.values()
        for task in tasks.values()
        if task.holder is not None and task.holder in people
    }
    if held != {one["id"] for one in event.effects.get("task_states", ()) if one.get("holder", "") is None}:
        yield say("not_freed")


def interest_faults(context: Context, case: Case, event: Event) -> Found:
    if event.effects["interest"] != [event.actor]:
        yield say("interest_of_another")
    yield from _freed(case, event, {event.actor})


def rights_faults(context: Context, case: Case, event: Event) -> Found:
    what, named = event.effects.get("what"), list(event.effects.get("data", {}).get("rights", ()))
    removes = what == "removed"
    yield from role_not_among(case, event, ("supervisor",) if removes else _OFFICE)
    if case.closed_at is not None:
        yield say("case_closed", kind=event.kind)
    after = [one for one in case.rights if one not in named] if removes else [*case.rights, *named]
    there = set(named) <= set(case.rights) if removes else not set(named) & set(case.rights)
    if not named or not there or set(event.effects["case_rights"]) != set(after):
        yield say("rights_other")


def link_faults(context: Context, case: Case, event: Event) -> Found:
    """A link is given for an open task that a party may answer so."""
    task = case.tasks.get(event.effects["task"])
    workflow = context.workflows.get(task.edition) if task is not None else None
    rule = workflow.tasks.get(task.rule) if workflow is not None and task is not None and task.type == "side" else None
    for given in event.effects.get("links", ()):
        if task is None or rule is None or not rule.get("by_link") or not task.open or given["task"] != task.id:
            yield say("link_other")
    for change in event.effects.get("link_states", ()):
        if change["id"] not in case.links or case.links[change["id"]]["state"] != "open":
            yield say("link_none")


def contract_faults(context: Context, case: Case, event: Event) -> Found:
    """What one side of a referral signs for, or objects to, the other side has done."""
    track = case.tracks[event.track or ""]
    if not track.is_request or not track.sent:
        yield say("message_place")
    yield from role_not_among(case, event, (*_OFFICE, "provider"))
    for name, count in event.effects.get("received", {}).items():
        if name not in track.fired or track.fired[name].count != count:
            yield say("received_none", transition=name)
    objection = event.effects.get("objection")
    if objection is not None and objection["to"] not in track.fired:
        yield say("received_none", transition=objection["to"])


def erased_faults(context: Context, case: Case, event: Event) -> Found:
    """Words go by themselves, for an erasure to which two persons agreed elsewhere; only of earlier events."""
    if not event.by_itself:
        yield say("erased_by_person")
    if any(seq >= event.seq for seq, _ in event.effects["erased"]["fields"]):
        yield say("erased_later")
    if "removal" in event.effects and (case.sealed or case.closed_at is None or case.removed_at is not None):
        yield say("removed_open")
    if "removal" in event.effects and _left_open(case, event):
        yield say("removed_unended")
    context.as_told["erased"] += 1


def _left_open(case: Case, event: Event) -> bool:
    """Whether a removal ends something else than all that waited in the case before it."""
    ended = {one["id"] for one in event.effects.get("task_states", ()) if one.get("state") == "Obsolete"}
    stopped = {one["id"] for one in event.effects.get("clock_states", ()) if one["state"] == "stopped"}
    return ended != {task.id for task in case.tasks.values() if task.open} or stopped != set(case.clocks)


def opening_to_reader_faults(context: Context, case: Case, event: Event) -> Found:
    """A history is opened to one more reader by another person than who asked, or in an emergency."""
    roles = {"glass_broken": ("administrator",)}.get(event.kind)
    if roles is not None:
        yield from role_not_among(case, event, roles)
    context.as_told[event.kind] += 1
