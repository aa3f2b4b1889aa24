"""Clocks stand still and go on: one alone, or all that stand still while a case is held."""

from __future__ import annotations

from collections.abc import Iterable

from casework.engine.deadlines.deadlines import EscalationStep, left, resumed
from casework.engine.execution.clocks import count_again, counted_span, is_wake, recounted_values, set_due
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import PAUSED, RUNNING, Clock
from casework.engine.state.effects_schema import ClockValues
from casework.ledger.canonical_json import instant


def pause_clock(builder: EventBuilder, clock: Clock) -> None:
    """Keep what is left of each step. A calendar that has changed since is counted with first."""
    again = count_again(builder, clock)
    kept = left(builder.context.calendar, (again or clock.steps)[clock.next :], builder.context.now)
    change: ClockValues = {"left": list(kept), "start": instant(builder.context.now)}
    if again:
        change |= recounted_values(builder, clock, again)
    builder.set_clock(clock, PAUSED, **change)


def resume_clock(builder: EventBuilder, clock: Clock, task: str | None = None) -> list[EscalationStep]:
    steps = resumed(builder.context.calendar, clock.steps[clock.next :], clock.left, builder.context.now)
    span = counted_span(builder, steps)
    change: ClockValues = {"start": span["start"], "calendar": span["calendar"], "steps": span["steps"], "next": 0}
    if task is not None:
        change["task"] = task
    builder.set_clock(clock, RUNNING, **change)
    set_due(builder, clock, steps, task)
    return steps


def pause_clocks(builder: EventBuilder, keep: Iterable[str]) -> None:
    kept, paused = set(keep), []
    for clock in builder.case.clocks.values():
        task = builder.case.tasks.get(clock.task) if clock.task else None
        # The clock of the step that is being left is paused by the move itself.
        if task is None or task.type == "step" and task.track == builder.case.main.id:
            continue
        if clock.state == RUNNING and task.queue not in ORGANISATION_QUEUES and task.id not in kept:
            pause_clock(builder, clock)
            paused.append(clock.id)
    builder.effects["hold"] = {**(builder.effects.get("hold") or {}), "paused": paused}


def resume_clocks(builder: EventBuilder) -> None:
    hold = builder.case.hold
    for id in hold.get("paused", ()) if hold is not None else ():
        clock = builder.case.clocks.get(id)
        if clock is not None and clock.state == PAUSED and not clock_waits(builder, clock):
            resume_clock(builder, clock)
    builder.effects["hold"] = None


def clock_waits(builder: EventBuilder, clock: Clock) -> bool:
    """Whether a person lets its task wait, so that it stands still whatever else goes on."""
    task = builder.case.tasks.get(clock.task or "")
    return task is not None and task.wait is not None and not is_wake(clock)
