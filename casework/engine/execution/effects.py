"""What follows from a transition by its definition: the effects that it names, on the event that is being made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Plan,
    Rule,
    own_rungs,
    rule_of,
)
from casework.engine.definition.facts import Facts
from casework.engine.definition.registry import EFFECTS
from casework.engine.execution.document_grants import end_grants, give_consent, grant_documents
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.extensions import moves
from casework.engine.execution.state_entry import rests_below
from casework.engine.execution.task_changes import close_task, free_tasks_of, free_tasks_within
from casework.engine.execution.timers import (
    clock_waits,
    extend_task,
    pause_clock,
    pause_clocks,
    resume_clock,
    resume_clocks,
)
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import (
    CREATED,
    OBSOLETE,
    PAUSED,
    READY,
    RUNNING,
    SUSPENDED,
    Task,
    Track,
)

Json = Any

#: Effects that stand in the event as they are.
_PLAIN = (
    "owner",
    "team",
    "outcome",
    "reasons",
    "hold",
    "named",
    "given",
    "replaced",
    "provider",
    "rights",
    "join",
    "objection",
)
_LISTS = ("interest", "interest_ended", "barred")


def effect_reads(effects: Iterable[str]) -> list[str]:
    """The facts that these effects read."""
    return [key for name in effects for key in EFFECTS[name].reads]


def apply_effects(builder: EventBuilder, effects: Iterable[str], facts: Facts) -> None:
    for name in effects:
        for key, value in EFFECTS[name].follows(facts).items():
            _apply(builder, key, value, facts)


def _apply(builder: EventBuilder, key: str, value: Json, facts: Facts) -> None:
    if key in _PLAIN:
        builder.effects[key] = value
    elif key in _LISTS:
        builder.effects[key] = [*builder.effects.get(key, []), *value]
        if key == "barred":
            free_tasks_within(builder, facts.track, value)
        if key == "interest":
            for person in value:
                free_tasks_of(builder, person)
    elif key == "frozen":
        _freeze(builder, value)
    elif key == "consents":
        for one in value:
            give_consent(builder, facts.track, one)
    elif key == "grant":
        grant_documents(builder, facts.track, value)
    elif key == "end_grants":
        end_grants(builder, facts.track)
    elif key == "grants_returned":
        builder.effects[key] = list(value)
    elif key == "pause":
        pause_clocks(builder, value["keep"])
    elif key == "resume":
        resume_clocks(builder)
    elif key == "extend":
        _extend_all(builder, value, facts)
    elif key == "replaced_tracks":
        builder.effects["replaced_tracks"] = [*builder.effects.get("replaced_tracks", []), *value]
    else:
        raise ValueError(f"no effect is called {key}")


def _freeze(builder: EventBuilder, frozen: bool) -> None:
    """A stop: what waits at a provider's stands still at once, and goes on where it stood if the stop is refused."""
    builder.effects["frozen"] = frozen
    for task in builder.case.open_tasks():
        if task.queue not in ORGANISATION_QUEUES:
            continue
        if frozen and task.state != SUSPENDED:
            builder.set_task(task, state=SUSPENDED)
        elif not frozen and task.state == SUSPENDED and task.wait is None:
            # What was to begin later begins at its day still.
            stays = task.holder is not None or task.before == CREATED
            builder.set_task(task, state=(task.before or READY) if stays else READY)
    for clock in builder.case.clocks.values():
        # The step that a track has stepped aside from has no open task, but its clock waits.
        worked = builder.case.tasks.get(clock.task or "")
        outward = worked is not None and worked.queue in ORGANISATION_QUEUES
        if outward and frozen and clock.state == RUNNING:
            pause_clock(builder, clock)
        # The clock of a step that the track has stepped aside from goes on only when it comes back.
        here = clock.of is None or clock.of in builder.case.tracks[clock.track].states
        still = clock_waits(builder, clock) or rests_below(builder, clock)
        if outward and not frozen and clock.state == PAUSED and here and not still:
            resume_clock(builder, clock)


def _extend_all(builder: EventBuilder, value: Json, facts: Facts) -> None:
    """A day for the step that the deed's track stands in; or {"tasks", "until"}, without a day their limits anew; or
    {"work"}: a day for a referral's step, with what it moves of its service."""
    if isinstance(value, Mapping) and "work" in value:
        context = builder.context
        for one, day in moves(builder.case, facts.track, value["work"], context.now, context.calendar):
            extend_task(builder, one, day.isoformat(), _limit_of(builder, one))
        return
    if isinstance(value, str):
        value = {"tasks": [task.id for task in builder.case.step_tasks(facts.track.id)], "until": value}
    for id in value["tasks"]:
        task = builder.case.tasks.get(id)
        if task is not None and task.open:
            extend_task(builder, task, value["until"], _limit_of(builder, task))


def _limit_of(builder: EventBuilder, task: Task) -> tuple[Rule, Plan | None]:
    """How long a task has by its edition, and its own ladder where it has one."""
    edition, said = builder.library[task.edition], builder.said(builder.facts(builder.case.tracks[task.track], {}))
    if task.type == "step":
        state = edition.states[task.rule]
        limit = rule_of(state.due, said) if state.due else None
        return limit or A_FORTNIGHT, own_rungs(state.ladder, said) if state.ladder else None
    limit = rule_of(edition.tasks[task.rule].due, said) if task.type == "side" else None
    return limit or A_FORTNIGHT, None


def settle_proposals(builder: EventBuilder, track: Track, *, left: bool) -> None:
    """What was asked for and has not been decided lapses when the track moves on."""
    confirmed = tuple(builder.effects.get("proposals_ended", ()))
    for one in builder.case.proposals.values():
        if one.track != track.id:
            continue
        task = builder.case.tasks[one.task]
        if one.id in confirmed:
            close_task(builder, task, "Completed", by=builder.by.person)
        elif left:
            builder.add("proposals_ended", one.id)
            close_task(builder, task, OBSOLETE)
            rule = next(r for r in builder.library[track.edition].transitions if r.name == one.transition)
            apply_effects(builder, rule.refusal_effects, builder.facts(track, one.data))
