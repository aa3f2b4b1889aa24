"""By when a case must be gone on with, since when it is late, and whom it waits for: what lists of many cases are found by.

It is kept beside each case (`case_dates`), so that no list puts it together from all tasks that there are. The same of one case in a query
is `operations.core.overdue_sql.CASE_DATES`; a test holds them together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.engine.state.case import CREATED, PAUSED, RUNNING, SUSPENDED, Case, Task

US, PROVIDER, OUTSIDE, HOLD, NOBODY = "us", "provider", "outside", "hold", "nobody"


@dataclass(frozen=True, slots=True)
class CaseDates:
    """Of one case."""

    #: The first day of what our side does next; what somebody lets wait comes after all that can be worked on.
    due_at: datetime | None
    #: From this moment on the case is late, on whichever side; what stands still is nobody's delay.
    late_at: datetime | None
    #: Us, a provider, a body outside while nothing is asked of us, what its hold names, or nobody once it is closed.
    waits_for: str


def dates_of(case: Case) -> CaseDates:
    """As its tasks, clocks and hold are now."""
    waiting = list(_waited_for(case))
    ours = [task for task in waiting if task.organisation is None and task.due_at is not None]
    at_work = [task for task in ours if task.state != SUSPENDED] or ours
    still = {clock.task for clock in case.clocks.values() if clock.state == PAUSED}
    late = [task.due_at for task in waiting if task.due_at and task.state != SUSPENDED and task.id not in still]
    return CaseDates(
        due_at=min((task.due_at for task in at_work if task.due_at is not None), default=None),
        late_at=min(late, default=None),
        waits_for=_waits_for(case, waiting),
    )


def _waited_for(case: Case) -> Iterator[Task]:
    """What is asked after closing counts once the case is closed; on hold, only what the hold itself asks of us."""
    for task in case.open_tasks():
        if task.state == CREATED or task.aftercare and case.closed_at is None:
            continue
        if case.hold is None or task.organisation is None and task.type == "step" and task.track == case.main.id:
            yield task


def _waits_for(case: Case, waiting: Sequence[Task]) -> str:
    if case.hold is not None:
        return HOLD
    if case.closed_at is not None:
        return NOBODY
    if any(task.organisation is not None for task in waiting):
        return PROVIDER
    # What is asked of us comes before what a body outside has the next word in; a step that is due later stands beside that.
    first = min(
        waiting,
        key=lambda task: (
            task.state == SUSPENDED and not task.awaits,
            task.type == "step" or bool(task.awaits),
            task.due_at or task.opened_at,
            task.type == "step",
            task.id,
        ),
        default=None,
    )
    return OUTSIDE if first is not None and first.awaits else US


def awaited(case: Case) -> list[Task]:
    """The tasks of ours in which a body outside has the next word. On hold a case waits for what the hold says alone."""
    if case.hold is not None:
        return []
    return [task for task in _waited_for(case) if task.awaits and task.organisation is None]


def begins_at(case: Case, task: Task) -> datetime | None:
    """When a task that cannot be worked on yet can; None for one that can, or that somebody begins."""
    if task.state != CREATED:
        return None
    clocks = (clock for clock in case.clocks.values() if clock.task == task.id and clock.state == RUNNING)
    return min(
        (step.moment for clock in clocks for step in clock.steps[clock.next :] if step.what == "activate"), default=None
    )
