"""Enter and leave the states of a track: what begins, what rests, what is over."""

from __future__ import annotations

from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Rule,
    of_firing,
    of_state,
    own_rule,
    own_steps,
    unit_of,
)
from casework.engine.definition.guard_facts import Facts
from casework.engine.execution.clock_pauses import clock_waits, pause_clock, resume_clock
from casework.engine.execution.clocks import due_of, extend_task, is_wake, open_clock
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.task_changes import open_task
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import (
    CREATED,
    OBSOLETE,
    PAUSED,
    RUNNING,
    SUSPENDED,
    Clock,
    Track,
)


def leave_state(
    builder: EventBuilder, track: Track, target: str, place: str, to: tuple[str, ...], *, done: bool = True
) -> None:
    """End the step task of what is left: done by whoever worked its queue, obsolete for the others and where nothing was `done`."""
    edition = builder.library[track.edition]
    gone = _gone(track, place, to)
    for task in builder.case.step_tasks(track.id):
        if task.of not in gone:
            continue
        if builder.system or not done or not builder.works(task.queue):
            builder.set_task(task, state=OBSOLETE)
        else:
            builder.set_task(task, state="Completed", by=builder.by.person)
    aside = target != "=previous" and any(leaf in edition.side_states for leaf in to if leaf not in track.states)
    for clock in builder.case.clocks.values():
        if is_wake(clock) and clock.task in {change["id"] for change in builder.effects.get("task_states", ())}:
            builder.set_clock(clock, "stopped")
        if clock.track != track.id or clock.of is None:
            continue
        if clock.of in gone:
            if aside and clock.state == RUNNING:
                pause_clock(builder, clock)
            elif not aside:
                builder.set_clock(clock, "stopped")
        elif clock.state == PAUSED and not aside and target != "=previous":
            builder.set_clock(clock, "stopped")
    if aside and track.is_referral:
        _rest_below(builder, track)


def _rest_below(builder: EventBuilder, referral: Track) -> None:
    """While a referral has stepped aside, the provider's clocks in its service stand still: nobody is late for it."""
    for clock in _outward_below(builder, referral):
        if clock.state == RUNNING:
            pause_clock(builder, clock)


def _go_on_below(builder: EventBuilder, referral: Track) -> None:
    """What stood still with the referral goes on with it; not what the service itself has stepped aside from."""
    for clock in _outward_below(builder, referral):
        here = clock.of is None or clock.of in builder.case.tracks[clock.track].states
        if clock.state == PAUSED and here and not builder.case.frozen and not clock_waits(builder, clock):
            resume_clock(builder, clock)


def _work_below(builder: EventBuilder, track: Track) -> bool:
    """Whether the service of a referral is at work, so that its own limits say what is late."""
    return track.is_referral and any(child.live for child in builder.case.children(track.id))


def date_step_above(builder: EventBuilder, service: Track) -> None:
    """A service has ended whose limits said what was late: a step above it that has no date is due as any other from now on."""
    above = builder.case.referral_of(service)
    for task in builder.case.step_tasks(above.id) if above is not None else ():
        if task.due_at is None and task.state not in (CREATED, SUSPENDED):
            extend_task(builder, task, None, (A_FORTNIGHT, None))


def rests_below(builder: EventBuilder, clock: Clock) -> bool:
    """Whether the referral above a clock's track has stepped aside."""
    above = builder.case.tracks.get(builder.case.tracks[clock.track].parent or "")
    return above is not None and bool(set(above.states) & builder.library[above.edition].side_states)


def _outward_below(builder: EventBuilder, referral: Track) -> list[Clock]:
    below = {child.id for child in builder.case.children(referral.id)}
    return [
        clock
        for clock in builder.case.clocks.values()
        if clock.track in below
        and (task := builder.case.tasks.get(clock.task or "")) is not None
        and not is_wake(clock)
        and task.queue in ORGANISATION_QUEUES
    ]


def _gone(track: Track, place: str, to: tuple[str, ...]) -> set[str]:
    """The leaves that a move leaves; all below its place where it leads back into the same state."""
    if to == track.states:
        return {leaf for leaf in track.states if leaf == place or leaf.startswith(place + ".")}
    return set(track.states) - set(to)


def enter_state(
    builder: EventBuilder, track: Track, target: str, place: str, to: tuple[str, ...], *, facts: Facts
) -> None:
    gone = _gone(track, place, to)
    fresh = [leaf for leaf in to if leaf not in track.states or leaf in gone]
    for leaf in fresh:
        stand_in(builder, track, leaf, facts, back=target == "=previous")
    if target == "=previous" and track.is_referral:
        _go_on_below(builder, track)


def stand_in(
    builder: EventBuilder, track: Track, leaf: str, facts: Facts, *, back: bool, activate: Rule | None = None
) -> None:
    """Open the step task of a state and start its clocks, or let go on those that were paused when it was left."""
    edition = builder.library[track.edition]
    state = edition.states[leaf]
    said = builder.said(facts)
    paused = [
        clock
        for clock in builder.case.clocks.values()
        if back and clock.track == track.id and clock.of == leaf and clock.state == PAUSED
    ]
    resumed_what: set[str] = set()
    if state.queue is not None:
        id = builder.context.new_id()
        old = next((clock for clock in paused if clock.task is not None), None)
        due: Rule | str | None
        if old is not None:
            due, own = due_of(resume_clock(builder, old, task=id)), None
        else:
            what = of_state(edition.workflow, leaf)
            due = own_rule(state.due, said, builder.context.calendar, what)
            if due is None and not _work_below(builder, track):
                due = A_FORTNIGHT
            calendar = builder.context.calendar
            own = own_steps(state.escalation, said, calendar, edition.workflow, leaf) if state.escalation else None
        open_task(
            builder,
            track,
            task=id,
            name=leaf,
            rule=leaf,
            type="step",
            queue=state.queue,
            due=due,
            of=leaf,
            steps=own,
            activate=activate,
        )
    for clock in paused:
        if clock.task is None:
            resume_clock(builder, clock)
            resumed_what |= {step.what for step in clock.steps}
    for rule, _ in edition.leaving((leaf,)):
        what = f"fire:{rule.name}"
        called = of_firing(edition.workflow, rule.name)
        counted = own_rule(rule.after, said, builder.context.calendar, called) if what not in resumed_what else None
        if counted is not None:
            open_clock(builder, track.id, unit_of(counted), [(what, counted)], of=leaf)
