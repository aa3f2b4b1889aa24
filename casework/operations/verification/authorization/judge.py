"""Judge each event of a log: whether it was allowed, and everything that speaks against it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from casework.engine.state.case import Case
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    COMPLETED,
    CONSENT_ENDED,
    CORRECTED,
    DOCUMENT_FILED,
    DOCUMENT_REGISTERED,
    DOCUMENT_WITHDRAWN,
    ERASED,
    FIRED,
    GLASS_BROKEN,
    GRANT_DAY_CHANGED,
    GRANT_EXPIRED,
    GRANT_WITHDRAWN,
    HANDED_OVER,
    INTEREST_DECLARED,
    JOINED,
    LETTER_DISPATCHED,
    LETTER_SENT,
    LINK_GIVEN,
    LINK_REVOKED,
    LINKINGS,
    MIGRATED,
    MOVE_ASKED,
    MOVE_REFUSED,
    MOVED,
    NOTED,
    OBJECTED,
    OPENED,
    PAPERS_RETURNED,
    PARTIES_TOLD,
    PROPOSED,
    RECEIVED,
    RECOUNTED,
    REFUSED,
    RELIEVED,
    RESEALED,
    RIGHTS_CHANGED,
    SAID,
    TIMER_FIRED,
    UNSEALED,
    UNSEALING_ASKED,
    UNSEALING_REFUSED,
    Event,
)
from casework.operations.history.task_judgement import OPERATION_OF
from casework.operations.verification.authorization.actors import actor_against, opening_against
from casework.operations.verification.authorization.case_changes import (
    judge_erased,
    judge_handed_over,
    judge_interest,
    judge_rights_changed,
)
from casework.operations.verification.authorization.case_links import case_links_against, judge_case_link
from casework.operations.verification.authorization.case_moves import judge_move
from casework.operations.verification.authorization.clocks import clocks_against
from casework.operations.verification.authorization.documents import (
    judge_consent_ended,
    judge_dispatch,
    judge_document,
    judge_grant_day_changed,
    judge_grant_expired,
    judge_grant_withdrawn,
    judge_letter,
    judge_papers_returned,
    new_grants_against,
)
from casework.operations.verification.authorization.evidence import EarlierEvent, Evidence, Reasons, listed
from casework.operations.verification.authorization.links import judge_link, links_against
from casework.operations.verification.authorization.messages import judge_acknowledgement, judge_message
from casework.operations.verification.authorization.migrations import judge_migrated, note_move
from casework.operations.verification.authorization.openings import judge_opening
from casework.operations.verification.authorization.tasks import (
    judge_activated,
    judge_added,
    judge_completed,
    judge_operation,
    judge_relieved,
)
from casework.operations.verification.authorization.transitions import (
    judge_corrected,
    judge_joined,
    judge_proposed,
    judge_recounted,
    judge_refused,
    judge_timer,
    judge_transition,
    new_tracks_against,
)


def reasons_against(evidence: Evidence, before: Case | None, event: Event) -> list[str]:
    """Everything that speaks against an event, in sentences; nothing when it was allowed."""
    if before is None:
        against = list(opening_against(evidence, event))
    else:
        against = [*actor_against(evidence, before, event), *_kind_against(evidence, before, event)]
        if before.removed_at is not None:
            against.append("the contents of the case were removed before it, after which nothing happens in a case")
        if any(state.get("by") not in (None, event.actor) for state in event.effects.get("task_states", ())):
            against.append("it says that somebody else finished a task")
        if "case_rights" in event.effects and event.kind != RIGHTS_CHANGED:
            against.append("only what says so changes the rights that the case is about")
        if "migration" in event.effects and event.kind != MIGRATED:
            against.append("only what says so moves a case to another edition")
        if "move" in event.effects and event.kind not in _BY_TWO:
            against.append("only what says so moves a case to a state by two persons")
        against += case_links_against(event)
        against += [*links_against(evidence, before, event), *new_grants_against(before, event)]
    programme = before.programme if before is not None else event.effects["case"]["programme"]
    against += new_tracks_against(evidence, programme, event)
    against += clocks_against(evidence, programme, event, before)
    evidence.earlier[event.seq] = _remember(evidence, event)
    evidence.note_burdens(event)
    note_move(evidence, event)
    return against


def _remember(evidence: Evidence, event: Event) -> EarlierEvent:
    edition = evidence.library.editions.get(event.edition or "")
    match = edition.find(event.effects["transition"], event.frm) if edition and event.kind == FIRED else None
    message, what = event.effects.get("message"), event.effects.get("what")
    return EarlierEvent(event.kind, event.track, event.actor, match[0] if match else None, message, what)


def _kind_against(evidence: Evidence, before: Case, event: Event) -> Reasons:
    judge = _KINDS.get(event.kind)
    if judge is None:
        yield f"nothing is called “{event.kind}” in a case"
        return
    if event.kind in _ON_TRACKS or event.kind in _ON_SOME and event.track is not None:
        track = before.tracks.get(event.track or "")
        if track is None:
            yield "it names a track that the case does not have"
            return
        if event.edition != track.edition:
            yield "it names another edition than its track is pinned to"
        if event.frm != track.states:
            yield f"it starts from {listed(event.frm)}, but the track stood at {listed(track.states)}"
        if event.kind not in (FIRED, MOVED) and event.to != event.frm:
            yield f"it moves the track to {listed(event.to)}, which only a transition may"
        if track.edition not in evidence.library.editions:
            yield f"the edition {track.edition[:12]} is unknown"
            return
    yield from judge(evidence, before, event)


#: Kinds of events of a case's move to a state.
_BY_TWO = (MOVE_ASKED, MOVE_REFUSED, MOVED)
_KINDS: Mapping[str, Callable[[Evidence, Case, Event], Reasons]] = {
    **dict.fromkeys(OPERATION_OF, judge_operation),
    COMPLETED: judge_completed,
    FIRED: judge_transition,
    PROPOSED: judge_proposed,
    REFUSED: judge_refused,
    RELIEVED: judge_relieved,
    ADDED: judge_added,
    TIMER_FIRED: judge_timer,
    RECOUNTED: judge_recounted,
    ACTIVATED: judge_activated,
    HANDED_OVER: judge_handed_over,
    RIGHTS_CHANGED: judge_rights_changed,
    **dict.fromkeys(LINKINGS, judge_case_link),
    MIGRATED: judge_migrated,
    **dict.fromkeys(_BY_TWO, judge_move),
    DOCUMENT_REGISTERED: judge_document,
    DOCUMENT_FILED: judge_document,
    DOCUMENT_WITHDRAWN: judge_document,
    LETTER_SENT: judge_letter,
    LETTER_DISPATCHED: judge_dispatch,
    GRANT_WITHDRAWN: judge_grant_withdrawn,
    GRANT_EXPIRED: judge_grant_expired,
    GRANT_DAY_CHANGED: judge_grant_day_changed,
    PAPERS_RETURNED: judge_papers_returned,
    CONSENT_ENDED: judge_consent_ended,
    INTEREST_DECLARED: judge_interest,
    NOTED: judge_message,
    SAID: judge_message,
    CORRECTED: judge_corrected,
    **dict.fromkeys(
        (UNSEALING_ASKED, UNSEALED, UNSEALING_REFUSED, RESEALED, PARTIES_TOLD, GLASS_BROKEN), judge_opening
    ),
    RECEIVED: judge_acknowledgement,
    JOINED: judge_joined,
    **dict.fromkeys((LINK_GIVEN, LINK_REVOKED), judge_link),
    OBJECTED: judge_acknowledgement,
    ERASED: judge_erased,
}
#: Every kind of event that can be judged.
KNOWN = frozenset({OPENED, *_KINDS})
#: Kinds that happen on a track; the others are the case's own.
_ON_TRACKS = frozenset({
    CORRECTED, FIRED, PROPOSED, REFUSED, RELIEVED, ADDED, TIMER_FIRED, GRANT_WITHDRAWN, GRANT_EXPIRED, GRANT_DAY_CHANGED,
    PAPERS_RETURNED, SAID, LINK_GIVEN, LINK_REVOKED,
    RECEIVED, OBJECTED, *OPERATION_OF, *_BY_TWO,
})  # fmt: skip
#: Those that may be a referral's or the case's own.
_ON_SOME = frozenset({DOCUMENT_REGISTERED, DOCUMENT_FILED, DOCUMENT_WITHDRAWN, UNSEALED, RESEALED, LETTER_SENT})
