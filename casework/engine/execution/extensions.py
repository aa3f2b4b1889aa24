"""What more time for a referral moves: the provider's own step to the day, and the steps of its service in proportion.

Of the time from now to the day on which the referral's step was due, a step of the service has its part; the same part of
the time to the new day it has afterwards. What is late already, or was due with the referral, has until the new day.
Nothing is made shorter, and what stands still gets what was left of it when it goes on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from casework.engine.deadlines.calendars import Calendar
from casework.engine.deadlines.deadlines import moment_of, on_day
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.case import CREATED, PAUSED, SUSPENDED, Case, Task, Track


def moves(case: Case, referral: Track, until: str, now: datetime, calendar: Calendar) -> list[tuple[Task, date]]:
    """The provider's tasks that more time until a day moves, each with its new day."""
    last, end = date.fromisoformat(until), moment_of(on_day(until), now, calendar)
    steps = [task for task in case.step_tasks(referral.id) if _moves(case, task)]
    before = max((task.due_at for task in steps if task.due_at is not None), default=None)
    moved = [(task, last) for task in steps]
    for task in _below(case, referral):
        day = last
        if task.due_at is not None and before is not None and now < task.due_at < before:
            day = _worked(
                calendar.local_date(now + (end - now) * ((task.due_at - now) / (before - now))), last, calendar
            )
        if task.due_at is not None and day > calendar.local_date(task.due_at):
            moved.append((task, day))
    return moved


def _below(case: Case, referral: Track) -> Iterator[Task]:
    below = {child.id for child in case.children(referral.id)}
    return (task for task in case.open_tasks() if task.track in below and _moves(case, task))


def _moves(case: Case, task: Task) -> bool:
    if task.queue not in ORGANISATION_QUEUES or task.state in (CREATED, SUSPENDED) or task.aftercare:
        return False
    return not any(clock.task == task.id and clock.state == PAUSED for clock in case.clocks.values())


def _worked(day: date, last: date, calendar: Calendar) -> date:
    """The day, or the next on which people work; not beyond the last."""
    while day < last and not calendar.is_working_day(day):
        day += timedelta(days=1)
    return min(day, last)
