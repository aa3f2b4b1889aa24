"""What must hold of a case after every action: whatever waits, waits for somebody or for a clock, and can still come to an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from casework.engine.definition.editions import TransitionRule
from casework.engine.execution.clocks import is_wake
from casework.engine.execution.context import By, Library
from casework.engine.execution.effect_roles import accepted
from casework.engine.execution.guards import duty_reasons
from casework.engine.execution.task_lifecycle import works
from casework.engine.state.case import CREATED, READY, RUNNING, SUSPENDED, Case, Clock, Task, Track
from tests.engine.walk_checks import can_end


def unattended(library: Library, case: Case, people: Sequence[By]) -> Iterator[str]:
    """Where a live track waits for nobody and for no clock, where nobody could lead it on, and where it can end no more."""
    for track in case.live_tracks():
        edition = library[track.edition]
        if not can_end(edition, track):
            yield f"{track.workflow} can come to no end from {', '.join(track.states)}"
        for leaf in track.states:
            if edition.states[leaf].final:
                continue
            if not _is_worked_on(case, track, leaf, people) and not _is_timed(case, track, leaf):
                yield f"{track.workflow} waits in {leaf} for nobody"
            if not any(_leads_on(case, track, leaf, rule, people) for rule, _ in edition.leaving((leaf,))):
                yield f"{track.workflow} waits in {leaf}, and nobody may lead on"


def _is_worked_on(case: Case, track: Track, leaf: str, people: Sequence[By]) -> bool:
    """Whether a task of the state lies in the queue of somebody, or will lie there by a clock that runs."""
    for task in case.step_tasks(track.id):
        if task.of == leaf and any(works(case, task, one) for one in people):
            return task.state not in (CREATED, SUSPENDED) or _comes_back(case, task, people)
    return False


def _comes_back(case: Case, task: Task, people: Sequence[By]) -> bool:
    """Whether a clock lets the task appear or go on. What a stop has suspended waits for whoever decides on it or ends the case."""
    if task.state == SUSPENDED and case.frozen:
        ours = [one for one in case.open_tasks() if one.type == "decision" or one.track == case.main.id]
        return any(one.state == READY and works(case, one, who) for one in ours for who in people)
    own = (clock for clock in case.clocks.values() if clock.task == task.id and _runs(clock))
    return any(is_wake(clock) or any(step.what == "activate" for step in clock.steps[clock.next :]) for clock in own)


def _is_timed(case: Case, track: Track, leaf: str) -> bool:
    """Whether a clock will move the track out of the state."""
    return any(
        clock.track == track.id and clock.of == leaf and _runs(clock) and _fires(clock)
        for clock in case.clocks.values()
    )


def _runs(clock: Clock) -> bool:
    return clock.state == RUNNING and clock.fires_at is not None


def _fires(clock: Clock) -> bool:
    return any(step.what.startswith("fire:") for step in clock.steps[clock.next :])


def _leads_on(case: Case, track: Track, leaf: str, rule: TransitionRule, people: Sequence[By]) -> bool:
    """Whether the transition leads away, and somebody may fire it whom no duty keeps from it; or nobody is needed."""
    if rule.target == "=same":
        return False
    if rule.automatic or rule.after is not None and _is_timed(case, track, leaf):
        return True
    roles = accepted(case, rule.by_people)
    return any(one.role in roles and not duty_reasons(case, rule.not_by, {one.person}, track) for one in people)
