"""One event after the other: whether it could happen where the case stood, and what the case is afterwards."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from casework_verify.faults import Fault
from casework_verify.replay import moves, papers, tasks
from casework_verify.replay.actors import actor_faults, opening_faults
from casework_verify.replay.case_links import LINKINGS, link_faults
from casework_verify.replay.case_moves import MOVES, move_faults
from casework_verify.replay.clocks import clock_faults
from casework_verify.replay.context import Context, Earlier, Found, listed, say
from casework_verify.replay.hands import OPERATIONS, operation_faults
from casework_verify.replay.migrations import migrated_faults
from casework_verify.replay.standing import CHANGED_BY, Case, Event
from casework_verify.words.reasons import why_of

_Judge = Callable[[Context, Case, Event], Found]
_HISTORY = "history.ndjson"
#: What an event can raise whose parts are not of the form that they should have.
BROKEN = (LookupError, TypeError, ValueError, AttributeError, RecursionError, OverflowError)

_DOCUMENTS = ("document_registered", "document_filed", "document_withdrawn")
_READERS = ("unsealing_asked", "unsealed", "unsealing_refused", "resealed", "parties_told", "glass_broken")
_KINDS: Mapping[str, _Judge] = {
    **dict.fromkeys(OPERATIONS, operation_faults),
    "completed": tasks.completed_faults,
    "fired": moves.transition_faults,
    "proposed": moves.proposed_faults,
    "refused": moves.refused_faults,
    "joined": moves.joined_faults,
    "corrected": moves.corrected_faults,
    "relieved": tasks.relieved_faults,
    "added": tasks.added_faults,
    "timer_fired": tasks.timer_faults,
    "recounted": tasks.recounted_faults,
    "activated": tasks.activated_faults,
    "handed_over": papers.handed_over_faults,
    "rights_changed": papers.rights_faults,
    "migrated": migrated_faults,
    **dict.fromkeys(MOVES, move_faults),
    **dict.fromkeys(LINKINGS, link_faults),
    **dict.fromkeys(_DOCUMENTS, papers.document_faults),
    **dict.fromkeys(("letter_sent", "letter_dispatched"), papers.letter_faults),
    **dict.fromkeys(("grant_withdrawn", "grant_expired", "grant_day_changed"), papers.access_faults),
    "papers_returned": papers.returned_faults,
    "consent_ended": papers.consent_faults,
    "interest_declared": papers.interest_faults,
    **dict.fromkeys(("noted", "said"), papers.message_faults),
    **dict.fromkeys(("received", "objected"), papers.contract_faults),
    **dict.fromkeys(("link_given", "link_revoked"), papers.link_faults),
    **dict.fromkeys(_READERS, papers.opening_to_reader_faults),
    "erased": papers.erased_faults,
}
#: What kinds of events do not change, though others do.
_CHANGES_NOT: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(("noted", "said", "move_asked", "move_refused"), CHANGED_BY),
    "moved": frozenset({
        "consents", "consents_ended", "documents", "documents_withdrawn", "files", "interest", "interest_ended", "erased", "removal",
        "owner", "team", "hold", "frozen", "outcome", "reasons",
    }),
}  # fmt: skip
#: Kinds that happen on a track; of some others a few do.
_ON_TRACKS = frozenset({
    "corrected", "fired", "proposed", "refused", "relieved", "added", "timer_fired", "grant_withdrawn", "grant_expired",
    "grant_day_changed", "papers_returned", "said", "link_given", "link_revoked", "received", "objected", *OPERATIONS, *MOVES,
})  # fmt: skip


def judge(context: Context, rows: Iterator[Mapping[str, Any]]) -> tuple[Case | None, list[Fault]]:
    """What the history adds up to, and what in it could not have happened so; it ends with an event that cannot be read."""
    case: Case | None = None
    found: list[Fault] = []
    for row in rows:
        seq = None
        try:
            event = Event(row)
            seq = event.seq
            for code, values in _against(context, case, event):
                found.append(Fault(code, values, _HISTORY, seq=seq))
            if case is None:
                case = Case(event)
            _remember(context, event)
            case.take(event)
        except BROKEN as fault:
            found.append(Fault("replay_stopped", {"why": why_of(fault)}, _HISTORY, seq=seq))
            return case, found
    return case, found


def _against(context: Context, case: Case | None, event: Event) -> Found:
    if case is None:
        if event.kind != "opened":
            yield say("begins_otherwise", kind=event.kind)
        yield from opening_faults(context, event)
        yield from moves.new_track_faults(context, event)
        yield from clock_faults(context, Case(event), event)
        yield from tasks.consequence_faults(context, Case(event), event)
        return
    if case.removed_at is not None:
        yield say("removed_before", kind=event.kind)
    yield from actor_faults(context, case, event)
    if event.kind not in _KINDS:
        yield say("kind_unknown", kind=event.kind)
        return
    against = list(_place(context, case, event))
    yield from against
    if (
        against
        and event.kind in _ON_TRACKS
        and (event.track not in case.tracks or event.edition not in context.workflows)
    ):
        return
    yield from _KINDS[event.kind](context, case, event)
    yield from moves.new_track_faults(context, event)
    yield from papers.grant_faults(case, event)
    yield from clock_faults(context, case, event)
    yield from tasks.consequence_faults(context, case, event)
    yield from _beside(event)


def _place(context: Context, case: Case, event: Event) -> Found:
    """Where an event says that it happened: on a track, pinned to an edition, from where that stood."""
    if event.because is not None and event.because not in context.earlier:
        yield say("cause_unknown")
    if event.track is None:
        if event.kind in _ON_TRACKS:
            yield say("track_none")
        if event.edition is not None or event.frm or event.to:
            yield say("moved_without", told=listed(event.to))
        return
    track = case.tracks.get(event.track)
    if track is None:
        yield say("track_none")
        return
    if event.edition != track.edition:
        yield say("edition_other")
    if event.frm != track.states:
        yield say("from_other", told=listed(event.frm), stands=listed(track.states))
    if event.kind not in ("fired", "moved") and event.to != event.frm:
        yield say("moved_without", told=listed(event.to))


def _beside(event: Event) -> Found:
    """What only certain kinds of event change."""
    effects, kind = event.effects, event.kind
    if kind in _CHANGES_NOT and (more := effects.keys() & _CHANGES_NOT[kind]):
        yield say("effect_of_none", name=listed(sorted(more)))
    if "case_rights" in effects and kind != "rights_changed":
        yield say("effect_of_none", name="case_rights")
    if "migration" in effects and kind != "migrated":
        yield say("effect_of_none", name="migration")
    for linking, name in LINKINGS.items():
        if name in effects and kind != linking:
            yield say("effect_of_none", name=name)
    if "move" in effects and kind not in MOVES:
        yield say("effect_of_none", name="move")
    if "closed" in effects and kind != "fired":
        yield say("effect_of_none", name="closed")
    if (
        effects.keys() & {"link", "links", "link_states"}
        and event.role != "party"
        and kind not in ("link_given", "link_revoked")
    ):
        yield say("effect_of_none", name="links")


def _remember(context: Context, event: Event) -> None:
    rule = None
    if event.kind == "fired" and event.edition in context.workflows:
        found = context.workflows[str(event.edition)].find(event.effects["transition"], event.frm)
        rule = found[0] if found is not None else None
    context.earlier[event.seq] = Earlier(event, rule)
