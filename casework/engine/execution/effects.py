"""What follows from a transition by its definition: the effects that it names, on the event that is being made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from casework.engine.deadlines.deadlines import (
    A_FORTNIGHT,
    Plan,
    Rule,
    of_state,
    of_task,
    own_rule,
    own_steps,
)
from casework.engine.definition.consequences import Follows, MoreTime
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import EFFECTS
from casework.engine.execution.clock_pauses import clock_waits, pause_clock, pause_clocks, resume_clock, resume_clocks
from casework.engine.execution.clocks import extend_task
from casework.engine.execution.document_grants import end_grants, give_consent, grant_documents
from casework.engine.execution.event_builder import EventBuilder
from casework.engine.execution.extensions import moves
from casework.engine.execution.step_opening import rests_below
from casework.engine.execution.task_changes import close_task, free_tasks_of, free_tasks_within
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
from casework.engine.state.effects_schema import Effects

#: What stands in the event as it is, and what is added to what it says already.
_PLAIN = (
    "owner", "team", "outcome", "reasons", "hold", "named", "given", "replaced", "provider", "rights", "join", "objection",
    "impacts", "statement", "screened",
)  # fmt: skip
_LISTS = ("interest", "interest_ended", "barred", "replaced_tracks")


def effect_reads(effects: Iterable[str]) -> list[str]:
    """The facts that these effects read."""
    return [key for name in effects for key in EFFECTS[name].reads]


def apply_effects(builder: EventBuilder, effects: Iterable[str], facts: Facts) -> None:
    for name in effects:
        _apply(builder, EFFECTS[name].follows(facts), facts)


def _apply(builder: EventBuilder, follows: Follows, facts: Facts) -> None:
    if unknown := follows.keys() - Follows.__annotations__.keys():
        raise ValueError(f"no effect is called {', '.join(sorted(unknown))}")
    builder.effects |= _told(builder.effects, follows)
    if "barred" in follows:
        free_tasks_within(builder, facts.track, follows["barred"])
    for person in follows.get("interest", ()):
        free_tasks_of(builder, person)
    if "frozen" in follows:
        _freeze(builder, follows["frozen"])
    for terms in follows.get("consents", ()):
        give_consent(builder, facts.track, terms)
    if "grant" in follows:
        grant_documents(builder, facts.track, follows["grant"])
    if "end_grants" in follows:
        end_grants(builder, facts.track)
    if "pause" in follows:
        pause_clocks(builder, follows["pause"]["keep"])
    if "resume" in follows:
        resume_clocks(builder)
    if "extend" in follows:
        _extend_all(builder, follows["extend"], facts)


def _told(before: Mapping[str, Any], follows: Mapping[str, Any]) -> Effects:
    """What the event says of it in the definition's own words."""
    written = {key: follows[key] for key in _PLAIN if key in follows}
    written |= {key: [*before.get(key, []), *follows[key]] for key in _LISTS if key in follows}
    if "grants_returned" in follows:
        written["grants_returned"] = list(follows["grants_returned"])
    return cast(Effects, written)


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


def _extend_all(builder: EventBuilder, time: str | MoreTime, facts: Facts) -> None:
    if isinstance(time, str):
        for task in builder.case.step_tasks(facts.track.id):
            extend_task(builder, task, time, _limit_of(builder, task))
        return
    if "work" in time:
        context = builder.context
        for task, day in moves(builder.case, facts.track, time["work"], context.now, context.calendar):
            extend_task(builder, task, day.isoformat(), _limit_of(builder, task))
    if "tasks" in time:
        for id in time["tasks"]:
            named = builder.case.tasks.get(id)
            if named is not None and named.open:
                extend_task(builder, named, time["until"], _limit_of(builder, named))


def _limit_of(builder: EventBuilder, task: Task) -> tuple[Rule, Plan | None]:
    """How long a task has by its edition, and its own escalation where it has one."""
    edition, said = builder.library[task.edition], builder.said(builder.facts(builder.case.tracks[task.track], {}))
    calendar = builder.context.calendar
    if task.type == "step":
        state = edition.states[task.rule]
        limit = own_rule(state.due, said, calendar, of_state(edition.workflow, task.rule))
        steps = own_steps(state.escalation, said, calendar, edition.workflow, task.rule) if state.escalation else None
        return limit or A_FORTNIGHT, steps
    if task.type != "side":
        return A_FORTNIGHT, None
    due = edition.tasks[task.rule].due
    return own_rule(due, said, calendar, of_task(edition.workflow, task.rule)) or A_FORTNIGHT, None


def settle_proposals(builder: EventBuilder, track: Track, *, left: bool) -> None:
    """What was asked for and has not been decided lapses when the track moves on."""
    confirmed = tuple(builder.effects.get("proposals_ended", ()))
    for proposal in builder.case.proposals.values():
        if proposal.track != track.id:
            continue
        task = builder.case.tasks[proposal.task]
        if proposal.id in confirmed:
            close_task(builder, task, "Completed", by=builder.by.person)
        elif left:
            builder.effects.setdefault("proposals_ended", []).append(proposal.id)
            close_task(builder, task, OBSOLETE)
            rule = next(r for r in builder.library[track.edition].transitions if r.name == proposal.transition)
            apply_effects(builder, rule.refusal_effects, builder.facts(track, proposal.data))
