"""Whether messages and acknowledgements were written by whom they may be."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.case_objects.acknowledgements import faults_of
from casework.engine.case_objects.messages import TAKEN_BACK, WRITTEN, audience_of, hidden_from, refusal
from casework.engine.state.case import Case, Track
from casework.engine.state.events import Event
from casework.operations.verification.authorization.evidence import Evidence, Reasons
from casework.operations.verification.authorization.facts import edition_of
from casework.permissions.actors import PROVIDER_ROLES, READS_ALL


def judge_message(evidence: Evidence, before: Case, event: Event) -> Reasons:
    """What is written: in the right place, by who may, for those who may read it."""
    track = before.tracks.get(event.track) if event.track else None
    if why := refusal(before, event.role, audience_of(event.kind), track):
        yield f"a message could not be written so: {why}"
    id, what = event.effects.get("message"), event.effects.get("what")
    earlier = [entry for entry in evidence.earlier.values() if entry.message is not None and entry.message == id]
    if what == WRITTEN:
        if earlier:
            yield "there was a message of this id already"
    else:
        cause = evidence.earlier.get(event.because or 0)
        if cause is None or (cause.message, cause.what, cause.kind, cause.track) != (
            id,
            WRITTEN,
            event.kind,
            event.track,
        ):
            yield "it corrects a message that was never written there"
        elif cause.actor != event.actor:
            yield "it corrects somebody else's message"
        if any(entry.what == TAKEN_BACK for entry in earlier):
            yield "it corrects a message that was taken back"
    yield from _answered(evidence, event)
    attached = event.effects.get("attached", ())
    if attached and what != WRITTEN or any(hidden_from(before, document, track) for document in attached):
        yield "it names a document that not all its readers see"
    if "channel" in event.effects and what != WRITTEN:
        yield "it says that a correction came by mail"
    for person in event.effects.get("mentions", ()):
        if not _reads(evidence, before, event, track, person):
            yield "it mentions somebody who could not read it"


def _answered(evidence: Evidence, event: Event) -> Reasons:
    """What a message answers was written in the same place, and stands there still."""
    if (answers := event.effects.get("reply_to")) is None:
        return
    about = [entry for entry in evidence.earlier.values() if entry.message == answers]
    asked = (WRITTEN, event.kind, event.track)
    if event.effects.get("what") != WRITTEN or asked not in ((one.what, one.kind, one.track) for one in about):
        yield "it answers a message that was never written there"
    if any(one.what == TAKEN_BACK for one in about):
        yield "it answers a message that was taken back"


def judge_acknowledgement(evidence: Evidence, before: Case, event: Event) -> Reasons:
    track = before.tracks[event.track or ""]
    yield from faults_of(before, edition_of(evidence, track), track, event.kind, event.role, effects=event.effects)


def _reads(evidence: Evidence, before: Case, event: Event, track: Track | None, person: str) -> bool:
    def held(scope: str, roles: Iterable[str]) -> bool:
        return any(evidence.past.held(scope, person, role, None, event.at, any_deputy=True) for role in sorted(roles))

    if before.kind == "mediation":
        inside = person in (before.owner, *before.team)
    else:
        inside = held(before.programme, READS_ALL)
    if inside or track is None or track.provider is None or person in track.barred or person in before.interests:
        return inside
    return held(track.provider, PROVIDER_ROLES)
