"""Whether documents and the access to them were given and ended as they may be."""

from __future__ import annotations

from collections.abc import Collection

from casework.engine.case_objects import documents, grant_commands, letters
from casework.engine.execution.clocks import END_ACCESS
from casework.engine.roles import Role
from casework.engine.state.case import Case
from casework.engine.state.events import (
    SYSTEM_ACTOR,
    Event,
)
from casework.operations.verification.authorization.actors import role_not_among
from casework.operations.verification.authorization.evidence import Evidence, Reasons, is_due
from casework.operations.verification.authorization.links import is_party


def new_grants_against(before: Case, event: Event) -> Reasons:
    """Nothing leaves to a provider without a consent of each party that it concerns, to this provider."""
    for grant in event.effects.get("grants", ()):
        document, track = before.documents.get(grant["document"]), before.tracks.get(grant["track"])
        under = [consent for id in grant["consents"] if (consent := before.consents.get(id)) is not None]
        if document is None or track is None or document.withdrawn_at is not None:
            yield "it shares a document that the case does not have"
            continue
        for party in document.concerns:
            if not any(consent.party == party and consent.covers(document, track.provider) for consent in under):
                yield f"it shares a document without a consent of the {party.replace('_', ' ')} that covers it"


def judge_document(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """Entered, filed or withdrawn by those whose document it is; versions count on without a gap."""
    referral = before.tracks.get(event.track) if event.track else None
    # What a party hands in by a link is judged by that.
    if not is_party(event) and (why := documents.refusal(before, event.role, referral)):
        yield f"a document could not be handed in so: {why}"
    if before.kind != "case" and "files" in event.effects:
        yield f"a file could not be kept so: {documents.SEALED}"
    fresh = {document["id"]: document for document in event.effects.get("documents", ())}
    for id, document in fresh.items():
        if id in before.documents:
            yield f"there was a document {id} already"
        if referral is not None and document["party"] is not None:
            yield "what a provider hands in is no party's"
        if document.get("own") and (referral is not None or document["party"] is not None):
            yield "it calls a paper the office's own that is not"
    for filed in event.effects.get("files", ()):
        last = max((file.version for file in before.files.values() if file.document == filed["document"]), default=0)
        if filed["id"] in before.files or filed["version"] != last + 1:
            yield f"it files version {filed['version']} after version {last}"
        if filed["document"] not in fresh:
            yield from _own_document(before, event, filed["document"])
    gone = event.effects.get("documents_withdrawn", ())
    for id in gone:
        yield from _own_document(before, event, id)
    shared = {grant.id for grant in before.grants.values() if grant.document in gone and grant.ended_at is None}
    if shared != set(event.effects.get("grants_ended", ())):
        yield "it does not end exactly what let providers see the document"


def judge_letter(evidence: Evidence, before: Case, event: Event) -> Reasons:
    yield from letters.faults_of(before, event.effects, event.role, event.track)


def judge_dispatch(evidence: Evidence, before: Case, event: Event) -> Reasons:
    calendar = evidence.past.calendar(before.programme, event.at)
    yield from letters.dispatch_faults(
        before, event.effects, event.role, lambda moment: calendar.local_date(moment).isoformat(), event.at
    )


def judge_grant_withdrawn(evidence: Evidence, before: Case, event: Event) -> Reasons:
    yield from role_not_among(before, event, grant_commands.ENDERS)
    yield from _grant(before, event, event.effects.get("grants_ended", ()))


def judge_grant_expired(evidence: Evidence, before: Case, event: Event) -> Reasons:
    gone = event.effects.get("grants_ended", ())
    yield from _grant(before, event, gone)
    if not any(clock.grant in gone and is_due(clock, event, END_ACCESS) for clock in before.clocks.values()):
        yield "the last day of the access was not over"


def judge_grant_day_changed(evidence: Evidence, before: Case, event: Event) -> Reasons:
    yield from role_not_among(before, event, grant_commands.ENDERS)
    days = {change["id"]: change["until"] for change in event.effects.get("grant_days", ())}
    yield from _grant(before, event, days)
    today = evidence.past.calendar(before.programme, event.at).local_date(event.at).isoformat()
    if any(day is not None and day < today for day in days.values()):
        yield "it lets an access end on a day that had passed"


def _grant(before: Case, event: Event, ids: Collection[str]) -> Reasons:
    """Exactly one access, of this referral, which the provider still had."""
    grants = [before.grants.get(id) for id in ids]
    if len(grants) != 1 or any(
        grant is None or grant.ended_at is not None or grant.track != event.track for grant in grants
    ):
        yield "there was no such access to end"


def judge_papers_returned(evidence: Evidence, before: Case, event: Event) -> Reasons:
    yield from role_not_among(before, event, grant_commands.RETURNERS)
    had = {grant.id for grant in before.copies_out(event.track or "")}
    if not had or had != set(event.effects["grants_returned"]):
        yield "it does not speak of exactly what the provider had and saw no longer"


def _own_document(before: Case, event: Event, id: str) -> Reasons:
    document = before.documents.get(id)
    if document is None or document.withdrawn_at is not None:
        yield "there was no such document to change"
    elif document.letter is not None:
        yield f"it changes what was sent: {documents.SENT}"
    elif document.track != event.track:
        yield "the document was another side's"


def judge_consent_ended(evidence: Evidence, before: Case, event: Event) -> Reasons:
    for ended in event.effects["consents_ended"]:
        consent = before.consents.get(ended["id"])
        if consent is None or consent.ended_at is not None:
            yield "there was no such consent to end"
        elif event.actor != SYSTEM_ACTOR:
            yield from role_not_among(before, event, (Role.OFFICER, Role.SUPERVISOR))
        elif not any(c.consent == consent.id and is_due(c, event, "expire") for c in before.clocks.values()):
            yield "the consent had not expired"
