"""In which order a queue is worked, by a rule that cannot starve anybody.

A task's turn is the moment it is due; what is never due has its turn when it has waited for PATIENCE. A
priority moves the turn by AHEAD, earlier or later. The turn depends on nothing but the task, so that the same tasks
always stand in the same order, and slack needs no rule of its own: of two tasks the one that is due first has less.

No task waits for ever: whatever is opened later than a task's turn plus AHEAD comes after it, however urgent it is.
"""

from __future__ import annotations

from datetime import datetime, timedelta

#: After so long what has waited stands where it would if it were due.
PATIENCE = timedelta(days=60)
#: So far a high or low priority moves a task.
AHEAD = timedelta(days=7)

DUE, AGE = "due", "age"


def turn(opened_at: datetime, due_at: datetime | None, priority: int = 0) -> datetime:
    """When it is a task's turn: the least comes first, and of the same moment the least id."""
    return (opened_at + PATIENCE if due_at is None else max(opened_at, due_at)) - priority * AHEAD


def reason(due_at: datetime | None) -> str:
    """What gives a task its place, before its priority: when it is due, or how long it has waited."""
    return AGE if due_at is None else DUE
