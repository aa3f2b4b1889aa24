"""A timer fires: what its next step says is done, by the system."""

from __future__ import annotations

from casework import reasons
from casework.engine.execution.clocks import END_ACCESS, WAKE, moves_clocks, recount_clock
from casework.engine.execution.commands import EndConsent, FireTimer, Recount
from casework.engine.execution.consent_ending import end_consent
from casework.engine.execution.document_grants import expire_grant
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import commit, resume_task
from casework.engine.execution.transitions import fire
from casework.engine.state.case import CREATED, READY
from casework.engine.state.effects_schema import Effects
from casework.engine.state.events import ACTIVATED, RECOUNTED, TIMER_FIRED
from casework.errors import WrongState


def fire_timer(builder: EventBuilder, command: FireTimer) -> None:
    clock = builder.case.clocks.get(command.clock)
    if clock is None or clock.fires_at is None or clock.fires_at > builder.context.now:
        raise WrongState(action=reasons.actions.FIRE_TIMER, why=reasons.cases.NOTHING_DUE)
    what = clock.steps[clock.next][1]
    track = builder.case.tracks[clock.track]
    if what == "expire":
        end_consent(builder, EndConsent(str(clock.consent), "expired"))
        return
    if what == END_ACCESS:
        expire_grant(builder, str(clock.grant))
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


def recount_clocks(builder: EventBuilder, command: Recount) -> None:
    builder.begin(RECOUNTED, None, {"calendar": builder.context.calendar.digest})
    for clock in builder.case.clocks.values():
        recount_clock(builder, clock)
    if moves_clocks(builder):
        commit(builder)
