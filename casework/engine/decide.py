"""`decide`: what happens when somebody does something; from a case and a command to the events that follow.

It changes nothing: it hands out events, and `evolve` says what a case is after them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework.engine.case_objects import disclosures, document_access, documents, letters
from casework.engine.case_objects.acknowledgements import answer_objection, object_to, receive
from casework.engine.case_objects.messages import correct, say
from casework.engine.execution.commands import (
    Command,
    CorrectAnswer,
    DeclareInterest,
    EndConsent,
    Fire,
    HandOver,
    Notice,
    Open,
    Recount,
    Ring,
)
from casework.engine.execution.context import Context, Library
from casework.engine.execution.corrections import correct_answer
from casework.engine.execution.effects import Draft
from casework.engine.execution.guards import line, refusals
from casework.engine.execution.joins import settle_join
from casework.engine.execution.record_commands import (
    AnswerObjection,
    AskUnsealing,
    BreakGlass,
    ChangeGrantDay,
    Correct,
    DecideUnsealing,
    FileDocument,
    Object,
    Receive,
    RegisterDocument,
    Reseal,
    ReturnPapers,
    Say,
    SendLetter,
    TellParties,
    WithdrawDocument,
    WithdrawGrant,
)
from casework.engine.execution.timers import END_ACCESS, WAKE
from casework.engine.execution.transitions import fire, fire_by_person
from casework.engine.state.case import CREATED, READY, Case
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    CONSENT_ENDED,
    HANDED_OVER,
    INTEREST_DECLARED,
    RANG,
    RECOUNTED,
    Event,
)
from casework.engine.tasks.operations import TASK_DEEDS
from casework.errors import NotFound, WrongState

Json = Any

#: More automatic steps than this after one deed is a loop that the check of the definition missed.
MOST_AUTOMATIC = 50


def decide(library: Library, case: Case | None, command: Command, context: Context) -> list[Event]:
    """The events that a command brings about, in order; raises a `CaseworkError` that says why not."""
    return decide_and_evolve(library, case, command, context)[0]


def decide_and_evolve(
    library: Library, case: Case | None, command: Command, context: Context
) -> tuple[list[Event], Case]:
    """The same, with the case as it is after them: what `evolve` makes of it while they are decided."""
    draft = Draft(library, case, context)
    deed: Callable[[Draft, Any], None] = _DEEDS[type(command)]
    deed(draft, command)
    _settle(draft)
    return draft.events, draft.case


# --- clocks ----------------------------------------------------------------------------------------------------------


def _ring(draft: Draft, command: Ring) -> None:
    clock = draft.case.clocks.get(command.clock)
    if clock is None or clock.fires_at is None or clock.fires_at > draft.context.now:
        raise WrongState(action="Ring", why="nothing is due on this clock.")
    what = clock.rungs[clock.next][1]
    track = draft.case.tracks[clock.track]
    if what == "expire":
        _end_consent(draft, EndConsent(str(clock.consent), "expired"))
        return
    if what == END_ACCESS:
        document_access.expire(draft, str(clock.grant))
        return
    if what.startswith("fire:"):
        edition = draft.library[track.edition]
        found = edition.find(what.removeprefix("fire:"), track.states)
        if found is None:
            draft.begin(RANG, track, {"what": "stopped", "clock": clock.id})
            draft.set_clock(clock, "stopped")
            draft.commit()
            return
        rule, place = found
        extra = {"clock_states": [{"id": clock.id, "state": "stopped"}]}
        fire(draft, track, rule, place, {}, {}, extra=extra, system=True)
        return
    kind = ACTIVATED if what == "activate" else RANG
    draft.begin(kind, track, {"what": what, "clock": clock.id} | ({"task": clock.task} if clock.task else {}))
    task = draft.case.tasks.get(clock.task) if clock.task else None
    if task is not None:
        if what == "activate" and task.state == CREATED:
            draft.set_task(task, state=READY)
        if what == WAKE and task.wait is not None:
            draft.resume_task(task)
        if what == "flag":
            draft.set_task(task, flagged=True)
    if clock.next + 1 < len(clock.rungs):
        draft.set_clock(clock, "running", next=clock.next + 1)
    else:
        draft.set_clock(clock, "stopped")
    draft.commit()


def _recount(draft: Draft, command: Recount) -> None:
    draft.begin(RECOUNTED, None, {"calendar": draft.context.calendar.digest})
    for clock in draft.case.clocks.values():
        draft.recount_clock(clock)
    if draft.moves_clocks:
        draft.commit()


# --- the case itself -------------------------------------------------------------------------------------------------


def _open(draft: Draft, command: Open) -> None:
    edition = draft.library.latest(command.workflow)
    if edition is None:
        raise NotFound("workflow")
    id = draft.context.new_id()
    case = {"kind": command.kind} | dict(command.case)
    opened = {
        "id": id, "workflow": command.workflow, "edition": edition.fingerprint, "kind": command.service or command.workflow,
        "parent": None, "provider": command.provider, "states": list(edition.initial),
    }  # fmt: skip
    body = {"title": command.title} if command.title else {}
    draft.begin_log(command.log, {"case": case, "tracks": [opened]}, body)
    draft.start_track(opened, edition)
    draft.commit()


def _hand_over(draft: Draft, command: HandOver) -> None:
    if draft.case.owner is None:
        raise WrongState(action="Hand over", why="nobody owns the case yet.")
    body = {"note": line(command.note, "note")} if command.note else {}
    draft.begin(HANDED_OVER, None, {"owner": command.owner, "team": list(command.team)}, body)
    left = {*draft.case.team, draft.case.owner} - {*command.team, command.owner}
    for person in sorted(left | {draft.case.owner} - {command.owner}):
        draft.let_go(person)
    draft.commit()


def _notice(draft: Draft, command: Notice) -> None:
    """A task that something outside this log asks for: another case of the same need was signed, say."""
    draft.begin(ADDED, draft.case.main, {"name": command.task}, system=True)
    draft.open_named(command.task, about=command.about)
    draft.commit()


def _declare_interest(draft: Draft, command: DeclareInterest) -> None:
    body = {"nature": line(command.nature, "nature")} if command.nature else {}
    draft.begin(INTEREST_DECLARED, None, {"interest": [command.person]}, body)
    draft.let_go(command.person)
    draft.commit()


def _end_consent(draft: Draft, command: EndConsent) -> None:
    """In one deed: the consent ends, its grants end, referrals that leaned on it are suspended, somebody must decide."""
    consent = draft.case.consents.get(command.consent)
    if consent is None:
        raise NotFound("consent")
    if consent.ended_at is not None:
        raise WrongState(action="Withdraw the consent", why="it has ended already.")
    body = {"reason": line(command.reason, "reason")} if command.reason else {}
    draft.begin(CONSENT_ENDED, None, {"consents_ended": [{"id": consent.id, "how": command.how}]}, body)
    hit = draft.end_grants_of(consent)
    draft.stop_clocks_of_consent(consent.id)
    if hit:
        draft.open_named("consent_lost", about=consent.id)
    because = draft.commit()
    for track in hit:
        one = draft.case.tracks[track]
        found = draft.library[one.edition].find("suspend", one.states)
        if found is not None:
            fire(draft, one, found[0], found[1], {}, {}, because=because, system=True)


# --- what happens by itself afterwards -------------------------------------------------------------------------------


def _settle(draft: Draft) -> None:
    """Automatic transitions and joins until nothing moves: the main track first, then the others in opening order."""
    for _ in range(MOST_AUTOMATIC):
        if not _one_automatic(draft) and not settle_join(draft):
            return
    raise RuntimeError("automatic transitions do not come to rest")


def _one_automatic(draft: Draft) -> bool:
    for track in list(draft.case.tracks.values()):
        if not track.live:
            continue
        edition = draft.library[track.edition]
        if not edition.has_automatic:
            continue
        for rule, place in edition.leaving(track.states):
            if not rule.automatic:
                continue
            if edition.states[place].type in ("stage", "parallel") and not edition.place_ended(place, track.states):
                continue
            if refusals(draft, track, rule, {}):
                continue
            fire(draft, track, rule, place, {}, {}, because=draft.events[-1].seq if draft.events else None, system=True)
            return True
    return False


_DEEDS: Mapping[type, Callable[..., None]] = {
    Open: _open,
    Fire: fire_by_person,
    Ring: _ring,
    Recount: _recount,
    HandOver: _hand_over,
    RegisterDocument: documents.register,
    FileDocument: documents.file,
    WithdrawDocument: documents.withdraw,
    SendLetter: letters.send,
    WithdrawGrant: document_access.withdraw_grant,
    ChangeGrantDay: document_access.change_day,
    ReturnPapers: document_access.return_papers,
    EndConsent: _end_consent,
    DeclareInterest: _declare_interest,
    Notice: _notice,
    **TASK_DEEDS,
    AskUnsealing: disclosures.ask,
    DecideUnsealing: disclosures.decide,
    Reseal: disclosures.reseal,
    TellParties: disclosures.tell_parties,
    BreakGlass: disclosures.break_glass,
    Say: say,
    Correct: correct,
    CorrectAnswer: correct_answer,
    Receive: receive,
    Object: object_to,
    AnswerObjection: answer_objection,
}
