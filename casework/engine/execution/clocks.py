"""The clocks of an event that is being made: which it starts, counts again, extends and stops."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from typing_extensions import Unpack

from casework.engine.deadlines.calendars import Unit
from casework.engine.deadlines.deadlines import EscalationStep, Plan, Rule, count, on_day, plan, recount, unit_of, usual
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.state.case import CREATED, PAUSED, RUNNING, STOPPED, SUSPENDED, Clock, Task
from casework.engine.state.effects_schema import ClockOwner, ClockSpan, ClockValues, WrittenStep
from casework.ledger.canonical_json import instant

#: What a clock does that ends a task's waiting, and one that ends a provider's access to a document.
WAKE, END_ACCESS = "wake", "end_access"


def open_clock(
    builder: EventBuilder, track: str, unit: Unit, planned: Plan, **of: Unpack[ClockOwner]
) -> list[EscalationStep]:
    """Start a clock now; gives its steps, counted by the calendar as it stands."""
    steps = count(planned, builder.context.now, builder.context.calendar)
    span = counted_span(builder, steps)
    builder.effects.setdefault("clocks", []).append(
        {"id": builder.context.new_id(), "track": track, "unit": unit, **span, **of}
    )
    return steps


def counted_span(builder: EventBuilder, steps: list[EscalationStep]) -> ClockSpan:
    """What an event tells of steps that were counted from now on."""
    return {
        "start": instant(builder.context.now),
        "calendar": builder.context.calendar.digest,
        "steps": written(steps),
    }


def recount_clock(builder: EventBuilder, clock: Clock) -> None:
    """Count a running clock again where the calendar has changed since, and it comes to other moments."""
    again = count_again(builder, clock) if clock.state == RUNNING else None
    if again is not None and again != list(clock.steps):
        builder.set_clock(clock, RUNNING, **recounted_values(builder, clock, again))
        set_due(builder, clock, again[clock.next :], None)


def moves_clocks(builder: EventBuilder) -> bool:
    """Whether the event that is being made changes a clock that was there before."""
    return bool(builder.effects.get("clock_states"))


def count_again(builder: EventBuilder, clock: Clock) -> list[EscalationStep] | None:
    if clock.calendar == builder.context.calendar.digest:
        return None
    return recount(clock.steps, clock.next, clock.start, builder.context.calendar)


def recounted_values(builder: EventBuilder, clock: Clock, steps: list[EscalationStep]) -> ClockValues:
    return {"calendar": builder.context.calendar.digest, "steps": written(steps), "next": clock.next}


def set_due(builder: EventBuilder, clock: Clock, steps: list[EscalationStep], task: str | None) -> None:
    due = due_of(steps)
    if due is not None and clock.task and task is None:
        builder.set_task(builder.case.tasks[clock.task], due=due)


def stop_clocks_of_consent(builder: EventBuilder, consent: str) -> None:
    for clock in builder.case.clocks.values():
        if clock.consent == consent:
            builder.set_clock(clock, "stopped")


def let_grant_expire(builder: EventBuilder, track: str, grant: str, day: str) -> None:
    """A provider's access ends with this day."""
    open_clock(builder, track, "cd", [(END_ACCESS, on_day(day))], grant=grant)


def stop_clocks_of_grant(builder: EventBuilder, grant: str) -> None:
    for clock in builder.case.clocks.values():
        if clock.grant == grant:
            builder.set_clock(clock, "stopped")


def extend_task(builder: EventBuilder, task: Task, day: str | None, anew: tuple[Rule, Plan | None]) -> None:
    """Another due date for a task: a day or, with none, its whole limit `anew` from now on; its escalation begins anew.

    What stands still has no date that could be moved: it gets what is left when it goes on.
    """
    clock = next((clock for clock in builder.case.clocks.values() if clock.task == task.id), None)
    # Nor has what has not begun: its time is counted from the day on which it does.
    if task.state in (CREATED, SUSPENDED) or clock is not None and clock.state == PAUSED:
        return
    if day is not None:
        unit = clock.unit if clock else "cd"
        planned = plan(on_day(day), usual(unit, builder.library[task.edition].escalation))
    else:
        limit, own = anew
        unit = unit_of(limit)
        planned = plan(limit, usual(unit, builder.library[task.edition].escalation) if own is None else own)
    if clock is not None and clock.unit == unit:
        steps = count(planned, builder.context.now, builder.context.calendar)
        builder.set_clock(clock, RUNNING, **counted_span(builder, steps), next=0)
    else:
        # It had fired for the last time, or counts in other days from here.
        if clock is not None:
            builder.set_clock(clock, STOPPED)
        steps = open_clock(
            builder, task.track, unit, planned, task=task.id, of=task.of if task.type == "step" else None
        )
    builder.set_task(task, due=due_of(steps), flagged=False)


def is_wake(clock: Clock) -> bool:
    """Whether it only wakes a task that waits; when that is due another clock says."""
    return clock.steps[0].what == WAKE


def written(steps: Iterable[EscalationStep]) -> list[WrittenStep]:
    """Steps as an event tells them: lists, as they come back out of JSON."""
    return [cast(WrittenStep, [instant(step.moment), step.what, step.rule.copy()]) for step in steps]


def due_of(steps: Iterable[EscalationStep]) -> str | None:
    """The due moment among steps, as an event tells it."""
    return next((instant(step.moment) for step in steps if step.what == "due"), None)
