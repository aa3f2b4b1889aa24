"""`decide`: what happens when somebody does something; from a case and a command to the events that follow.

It changes nothing: it hands out events, and `evolve` says what a case is after them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from casework import reasons
from casework.engine.case_objects import documents, emergency_access, grant_commands, letters, unsealing
from casework.engine.case_objects.acknowledgements import answer_objection, object_to, receive
from casework.engine.case_objects.messages import correct, say
from casework.engine.execution.commands import (
    Command,
    CorrectAnswer,
    DeclareInterest,
    EndConsent,
    Fire,
    FireTimer,
    HandOver,
    Notice,
    Open,
    Recount,
)
from casework.engine.execution.context import Context, Library
from casework.engine.execution.corrections import correct_answer
from casework.engine.execution.document_grants import end_grants_under
from casework.engine.execution.event_builder import EventBuilder
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
from casework.engine.execution.task_changes import commit, free_tasks_of, open_task_of, resume_task
from casework.engine.execution.timers import (
    END_ACCESS,
    WAKE,
    moves_clocks,
    recount_clock,
    stop_clocks_of_consent,
)
from casework.engine.execution.track_opening import start_track
from casework.engine.execution.transitions import fire, fire_by_person
from casework.engine.parts import AFTER_LOST_CONSENT, RESTS
from casework.engine.state.case import CREATED, READY, Case
from casework.engine.state.effects_schema import Effects, OpenedCase, OpenedTrack
from casework.engine.state.events import (
    ACTIVATED,
    ADDED,
    CONSENT_ENDED,
    HANDED_OVER,
    INTEREST_DECLARED,
    RECOUNTED,
    TIMER_FIRED,
    Event,
)
from casework.engine.tasks.task_operations import TASK_ACTIONS
from casework.errors import NotFound, WrongState

#: More automatic steps than this after one action is a loop that the check of the definition missed.
MOST_AUTOMATIC = 50


def decide(library: Library, case: Case | None, command: Command, context: Context) -> list[Event]:
    """The events that a command brings about, in order; raises a `CaseworkError` that says why not."""
    return decide_and_evolve(library, case, command, context)[0]


def decide_and_evolve(
    library: Library, case: Case | None, command: Command, context: Context
) -> tuple[list[Event], Case]:
    """The same, with the case as it is after them: what `evolve` makes of it while they are decided."""
    builder = EventBuilder(library, case, context)
    action: Callable[[EventBuilder, Any], None] = _ACTIONS[type(command)]
    action(builder, command)
    _settle(builder)
    return builder.events, builder.case


# --- clocks ----------------------------------------------------------------------------------------------------------


def _fire_timer(builder: EventBuilder, command: FireTimer) -> None:
    clock = builder.case.clocks.get(command.clock)
    if clock is None or clock.fires_at is None or clock.fires_at > builder.context.now:
        raise WrongState(action=reasons.actions.FIRE_TIMER, why=reasons.cases.NOTHING_DUE)
    what = clock.steps[clock.next][1]
    track = builder.case.tracks[clock.track]
    if what == "expire":
        _end_consent(builder, EndConsent(str(clock.consent), "expired"))
        return
    if what == END_ACCESS:
        grant_commands.expire(builder, str(clock.grant))
        return
    if what.startswith("fire:"):
        edition = builder.library[track.edition]
        way_out = edition.find(what.removeprefix("fire:"), track.states)
        if way_out is None:
            builder.begin(TIMER_FIRED, track, {"what": "stopped", "clock": clock.id})
            builder.set_clock(clock, "stopped")
            commit(builder)
            return
        rule, place = way_out
        extra: Effects = {"clock_states": [{"id": clock.id, "state": "stopped"}]}
        fire(builder, track, rule, place, {}, body={}, extra=extra, system=True)
        return
    kind = ACTIVATED if what == "activate" else TIMER_FIRED
    effects: Effects = {"what": what, "clock": clock.id}
    if clock.task:
        effects["task"] = clock.task
    builder.begin(kind, track, effects)
    task = builder.case.tasks.get(clock.task) if clock.task else None
    if task is not None:
        if what == "activate" and task.state == CREATED:
            builder.set_task(task, state=READY)
        if what == WAKE and task.wait is not None:
            resume_task(builder, task)
        if what == "flag":
            builder.set_task(task, flagged=True)
    if clock.next + 1 < len(clock.steps):
        builder.set_clock(clock, "running", next=clock.next + 1)
    else:
        builder.set_clock(clock, "stopped")
    commit(builder)


def _recount(builder: EventBuilder, command: Recount) -> None:
    builder.begin(RECOUNTED, None, {"calendar": builder.context.calendar.digest})
    for clock in builder.case.clocks.values():
        recount_clock(builder, clock)
    if moves_clocks(builder):
        commit(builder)


# --- the case itself -------------------------------------------------------------------------------------------------


def _open(builder: EventBuilder, command: Open) -> None:
    edition = builder.library.latest(command.workflow)
    if edition is None:
        raise NotFound("workflow")
    id = builder.context.new_id()
    case: OpenedCase = {"kind": command.kind, **command.case}
    opened: OpenedTrack = {
        "id": id,
        "workflow": command.workflow,
        "edition": edition.fingerprint,
        "kind": command.service or command.workflow,
        "part": edition.part,
        "parent": None,
        "provider": command.provider,
        "states": list(edition.initial),
    }
    body = {"title": command.title} if command.title else {}
    builder.begin_log(command.log, {"case": case, "tracks": [opened]}, body)
    start_track(builder, opened, edition)
    commit(builder)


def _hand_over(builder: EventBuilder, command: HandOver) -> None:
    if builder.case.owner is None:
        raise WrongState(action=reasons.actions.HAND_OVER, why=reasons.cases.NO_OWNER)
    body = {"note": line(command.note, "note")} if command.note else {}
    builder.begin(HANDED_OVER, None, {"owner": command.owner, "team": list(command.team)}, body)
    left = {*builder.case.team, builder.case.owner} - {*command.team, command.owner}
    for person in sorted(left | {builder.case.owner} - {command.owner}):
        free_tasks_of(builder, person)
    commit(builder)


def _notice(builder: EventBuilder, command: Notice) -> None:
    """A task that something outside this log asks for: another case of the same need was signed, say."""
    rule = builder.library[builder.case.main.edition].task_of(command.part)
    if rule is None:
        return
    builder.begin(ADDED, builder.case.main, {"name": rule.name}, system=True)
    open_task_of(builder, command.part, about=command.about)
    commit(builder)


def _declare_interest(builder: EventBuilder, command: DeclareInterest) -> None:
    body = {"nature": line(command.nature, "nature")} if command.nature else {}
    builder.begin(INTEREST_DECLARED, None, {"interest": [command.person]}, body)
    free_tasks_of(builder, command.person)
    commit(builder)


def _end_consent(builder: EventBuilder, command: EndConsent) -> None:
    """In one action: the consent ends, its grants end, referrals that leaned on it are suspended, somebody must decide."""
    consent = builder.case.consents.get(command.consent)
    if consent is None:
        raise NotFound("consent")
    if consent.ended_at is not None:
        raise WrongState(action=reasons.actions.WITHDRAW_CONSENT, why=reasons.cases.ENDED)
    body = {"reason": line(command.reason, "reason")} if command.reason else {}
    builder.begin(CONSENT_ENDED, None, {"consents_ended": [{"id": consent.id, "how": command.how}]}, body)
    hit = end_grants_under(builder, consent)
    stop_clocks_of_consent(builder, consent.id)
    if hit:
        open_task_of(builder, AFTER_LOST_CONSENT, about=consent.id)
    because = commit(builder)
    for track in hit:
        referral = builder.case.tracks[track]
        way_out = builder.library[referral.edition].find_part(RESTS, referral.states)
        if way_out is not None:
            fire(builder, referral, way_out[0], way_out[1], {}, body={}, because=because, system=True)


# --- what happens by itself afterwards -------------------------------------------------------------------------------


def _settle(builder: EventBuilder) -> None:
    """Automatic transitions and joins until nothing moves: the main track first, then the others in opening order."""
    for _ in range(MOST_AUTOMATIC):
        if not _one_automatic(builder) and not settle_join(builder):
            return
    raise RuntimeError("automatic transitions do not come to rest")


def _one_automatic(builder: EventBuilder) -> bool:
    for track in list(builder.case.tracks.values()):
        if not track.live:
            continue
        edition = builder.library[track.edition]
        if not edition.has_automatic:
            continue
        for rule, place in edition.leaving(track.states):
            if not rule.automatic:
                continue
            if edition.states[place].type in ("stage", "parallel") and not edition.place_ended(place, track.states):
                continue
            if refusals(builder, track, rule, {}):
                continue
            fire(
                builder,
                track,
                rule,
                place,
                {},
                body={},
                because=builder.events[-1].seq if builder.events else None,
                system=True,
            )
            return True
    return False


_ACTIONS: Mapping[type, Callable[..., None]] = {
    Open: _open,
    Fire: fire_by_person,
    FireTimer: _fire_timer,
    Recount: _recount,
    HandOver: _hand_over,
    RegisterDocument: documents.register,
    FileDocument: documents.file,
    WithdrawDocument: documents.withdraw,
    SendLetter: letters.send,
    WithdrawGrant: grant_commands.withdraw_grant,
    ChangeGrantDay: grant_commands.change_day,
    ReturnPapers: grant_commands.return_papers,
    EndConsent: _end_consent,
    DeclareInterest: _declare_interest,
    Notice: _notice,
    **TASK_ACTIONS,
    AskUnsealing: unsealing.ask,
    DecideUnsealing: unsealing.decide,
    Reseal: unsealing.reseal,
    TellParties: unsealing.tell_parties,
    BreakGlass: emergency_access.break_glass,
    Say: say,
    Correct: correct,
    CorrectAnswer: correct_answer,
    Receive: receive,
    Object: object_to,
    AnswerObjection: answer_objection,
}
