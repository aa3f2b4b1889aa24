"""Where time goes, in working minutes: how long cases stand in each state, and how much of a task's time somebody had it in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from casework.engine.deadlines.calendars import Calendar
from casework.engine.mining.traces import ASSIGN, REASSIGN, RESUME, SCHEDULE, START, SUSPEND, TASK, Trace

#: What a task does: nobody has it, somebody has it, or it was put off.
WAITING, IN_HAND, RESTING = "waiting", "in_hand", "resting"
#: What each word of the life cycle brings it to; what goes on again goes on as it was.
_BRINGS = {SCHEDULE: WAITING, REASSIGN: WAITING, ASSIGN: IN_HAND, START: IN_HAND, SUSPEND: RESTING}


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A state of an edition: how often cases stood in it, and how long."""

    workflow: str
    edition: str
    state: str
    #: How often it was entered, and how many stand there still.
    count: int
    now: int
    #: The middle one of those that were left, and all minutes together, up to the moment of those that stand there still.
    median: int | None
    total: int
    #: Tasks of the step that had a day, and those that ended after it or are open beyond it.
    dated: int
    overdue: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A task by its name: how often it was done or is open, and its minutes by what it did."""

    workflow: str
    name: str
    count: int
    minutes: dict[str, int]


@dataclass(slots=True)
class _Stood:
    left: list[int] = field(default_factory=list)
    total: int = 0
    count: int = 0
    now: int = 0
    dated: int = 0
    overdue: int = 0


def places(traces: Iterable[Trace], calendar: Calendar, until: datetime) -> tuple[Place, ...]:
    """Every state in which a case stood, by its edition; those that took the most time together first: the bottlenecks."""
    found: dict[tuple[str, str, str], _Stood] = {}
    for trace in traces:
        for stay in trace.stays():
            track = trace.tracks[stay.track]
            mine = found.setdefault((track["workflow"], track["edition"], stay.state), _Stood())
            minutes = calendar.working_minutes(stay.since, stay.until or until)
            mine.count += 1
            mine.total += minutes
            if stay.until is None:
                mine.now += 1
            else:
                mine.left.append(minutes)
        for key, late in _step_tasks(trace, until):
            mine = found.setdefault(key, _Stood())
            mine.dated += 1
            mine.overdue += late
    told = (
        Place(
            workflow=workflow,
            edition=edition,
            state=state,
            count=one.count,
            now=one.now,
            median=round(median(one.left)) if one.left else None,
            total=one.total,
            dated=one.dated,
            overdue=one.overdue,
        )
        for (workflow, edition, state), one in found.items()
    )
    return tuple(sorted(told, key=lambda place: (-place.total, place.workflow, place.edition, place.state)))


def _step_tasks(trace: Trace, until: datetime) -> Iterator[tuple[tuple[str, str, str], bool]]:
    """By the state the tasks of steps that had a day, and whether they were late."""
    for id, task in trace.tasks.items():
        due, state = trace.due[id], task["of"]
        if task["type"] == "step" and due is not None and state is not None:
            track = trace.tracks[task["track"]]
            yield (track["workflow"], track["edition"], state), due < trace.ended.get(id, until)


def works(traces: Iterable[Trace], calendar: Calendar, until: datetime) -> tuple[Work, ...]:
    """Every task by its workflow and name, with its minutes by what it did; what waited the longest together first."""
    counts: Counter[tuple[str, str]] = Counter()
    minutes: dict[tuple[str, str], Counter[str]] = {}
    for trace in traces:
        for id, spans in spans_of(trace, until).items():
            task = trace.tasks[id]
            key = trace.tracks[task["track"]]["workflow"], task["name"]
            counts[key] += 1
            mine = minutes.setdefault(key, Counter())
            for what, since, end in spans:
                mine[what] += calendar.working_minutes(since, end)
    told = (
        Work(
            workflow=key[0],
            name=key[1],
            count=counts[key],
            minutes={what: mine[what] for what in (WAITING, IN_HAND, RESTING)},
        )
        for key, mine in minutes.items()
    )
    return tuple(sorted(told, key=lambda work: (-work.minutes[WAITING], work.workflow, work.name)))


def spans_of(trace: Trace, until: datetime) -> dict[str, list[tuple[str, datetime, datetime]]]:
    """Of each task that was to be done what it did, from when to when, without a gap from its beginning to its end."""
    spans: dict[str, list[tuple[str, datetime, datetime]]] = {}
    at: dict[str, tuple[str, datetime]] = {}
    before: dict[str, str] = {}
    for step in trace.steps:
        if step.what != TASK or step.task is None:
            continue
        id, now = step.task, at.get(step.task)
        if now is not None and step.at > now[1]:
            spans.setdefault(id, []).append((*now, step.at))
        if step.life_cycle == SUSPEND and now is not None and now[0] != RESTING:
            before[id] = now[0]
        comes_to = _next(step.life_cycle, before.get(id, WAITING))
        if comes_to is None:
            at.pop(id, None)
        else:
            at[id] = comes_to, step.at
            spans.setdefault(id, [])
    for id, (what, since) in at.items():
        if until > since:
            spans[id].append((what, since, until))
    return spans


def _next(word: str, before: str) -> str | None:
    """What a task does after a word of its life cycle; None: it has ended."""
    if word == RESUME:
        return before
    return _BRINGS.get(word)
