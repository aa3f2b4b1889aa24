"""Consents and the access to documents that they carry: given, ended, given until a day."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.deadlines.deadlines import on_day
from casework.engine.execution.clocks import let_grant_expire, open_clock, stop_clocks_of_grant
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.sheet_consents import loses_sheet
from casework.engine.execution.task_changes import commit
from casework.engine.state.case import Case, Track
from casework.engine.state.case_documents import Consent, Document, Grant
from casework.engine.state.document_effects_schema import ConsentTerms, GivenGrant
from casework.engine.state.effects_schema import Effects, Given
from casework.engine.state.events import GRANT_EXPIRED
from casework.json_values import Answers


def give_consent(builder: EventBuilder, track: Track, terms: ConsentTerms) -> None:
    id = builder.context.new_id()
    builder.effects.setdefault("consents", []).append({"id": id, **terms})
    if terms["expires_on"]:
        open_clock(builder, builder.case.main.id, "cd", [("expire", on_day(terms["expires_on"]))], consent=id)


def grant_documents(builder: EventBuilder, track: Track, documents: Iterable[str]) -> None:
    # Until when, the same action may say that shares it.
    given = builder.effects.get("given", {})
    days = (given if "shared_until" in given else track.given).get("shared_until") or {}
    today = builder.context.calendar.local_date(builder.context.now).isoformat()
    for document in documents:
        kept, until = builder.case.documents[document], days.get(document)
        if kept.withdrawn_at is not None or until is not None and until < today:
            continue
        under = _consents_to(builder, kept, track.provider)
        if under is None:
            continue
        id = builder.context.new_id()
        grant: GivenGrant = {"id": id, "track": track.id, "document": document, "consents": under}
        if until is not None:
            grant["until"] = until
        builder.effects.setdefault("grants", []).append(grant)
        if until is not None:
            let_grant_expire(builder, track.id, id, until)


def _consents_to(builder: EventBuilder, document: Document, provider: str | None) -> list[str] | None:
    """A consent of each party that the document concerns, to this provider; None where one is missing."""
    by_party = (
        next((c.id for c in builder.case.consents.values() if c.party == party and c.covers(document, provider)), None)
        for party in document.concerns
    )
    consents = list(by_party)
    return None if None in consents else [id for id in consents if id is not None]


def end_grants(builder: EventBuilder, track: Track) -> None:
    above = builder.case.referral_of(track)
    for grant in builder.case.grants.values():
        if above is not None and grant.track == above.id and grant.ended_at is None:
            end_grant(builder, grant)


def end_grant(builder: EventBuilder, grant: Grant) -> None:
    builder.effects.setdefault("grants_ended", []).append(grant.id)
    stop_clocks_of_grant(builder, grant.id)


def set_grant_day(builder: EventBuilder, grant: Grant, until: str | None) -> None:
    builder.effects.setdefault("grant_days", []).append({"id": grant.id, "until": until})
    stop_clocks_of_grant(builder, grant.id)
    if until is not None:
        let_grant_expire(builder, grant.track, grant.id, until)


def end_grants_to(builder: EventBuilder, document: str) -> None:
    """End whatever lets a provider see a document."""
    for grant in builder.case.grants.values():
        if grant.document == document and grant.ended_at is None:
            end_grant(builder, grant)


def end_grants_under(builder: EventBuilder, consent: Consent) -> list[str]:
    """End the grants given under a consent; gives the referrals that had them, or read a case sheet by it."""
    hit: dict[str, None] = {}
    for grant in builder.case.grants.values():
        if consent.id in grant.consents and grant.ended_at is None:
            end_grant(builder, grant)
            hit[grant.track] = None
    # A referral sent but not accepted has no grants yet; it leans on the consent all the same.
    for track in builder.case.live_tracks():
        leans = [builder.case.documents[d] for d in track.given.get("documents", ()) if d in builder.case.documents]
        reads = consent.sheet and track.is_referral
        sheet = builder.library[track.edition].sheets.get(track.kind, {}) if reads else {}
        shared = track.is_referral and any(consent.covers(d, track.provider) for d in leans)
        if shared or loses_sheet(builder.case, track, consent, sheet):
            hit[track.id] = None
    return list(hit)


def given_without(case: Case, grant: Grant) -> Given:
    """What its referral was given, without the document: nothing shares it again by itself."""
    given = case.tracks[grant.track].given
    return {"documents": [document for document in given.get("documents", ()) if document != grant.document]}


def expire_grant(builder: EventBuilder, id: str) -> None:
    """The last day of an access is over."""
    grant = builder.case.grants[id]
    begin_on_grant(builder, GRANT_EXPIRED, grant, given_without(builder.case, grant), {}, system=True)
    end_grant(builder, grant)
    commit(builder)


def begin_on_grant(
    builder: EventBuilder,
    kind: str,
    grant: Grant,
    given: Given,
    body: Answers,
    *,
    system: bool = False,
) -> None:
    effects: Effects = {"given": given.copy(), "paper": builder.case.documents[grant.document].kind}
    builder.begin(kind, builder.track(grant.track), effects, body, system=system)
