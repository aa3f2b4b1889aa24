"""Where time goes, in working minutes: how long cases stand in each state, and how much of a task's time somebody had it in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
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
    #: The minutes of the step's tasks by what they did.
    minutes: dict[str, int]


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
    minutes: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Done:
    count: int = 0
    minutes: Counter[str] = field(default_factory=Counter)


class Waits:
    """The time of cases that come one by one, none of which is kept."""

    def __init__(self, calendar: Calendar, until: datetime) -> None:
        self._calendar, self._until = calendar, until
        self._stood: dict[tuple[str, str, str], _Stood] = {}
        self._done: dict[tuple[str, str], _Done] = {}

    def add(self, trace: Trace) -> None:
        for stay in trace.stays():
            mine = self._at(trace, stay.track, stay.state)
            minutes = self._calendar.working_minutes(stay.since, stay.until or self._until)
            mine.count += 1
            mine.total += minutes
            if stay.until is None:
                mine.now += 1
            else:
                mine.left.append(minutes)
        spans = spans_of(trace, self._until)
        for id, task in trace.tasks.items():
            minutes_of = self._minutes(spans[id]) if id in spans else Counter[str]()
            if id in spans:
                done = self._done.setdefault((trace.tracks[task["track"]]["workflow"], task["name"]), _Done())
                done.count += 1
                done.minutes.update(minutes_of)
            if task["type"] == "step" and task["of"] is not None:
                self._add_step(self._at(trace, task["track"], task["of"]), trace, id, minutes_of)

    def _add_step(self, mine: _Stood, trace: Trace, task: str, minutes: Counter[str]) -> None:
        mine.minutes.update(minutes)
        due = trace.due[task]
        if due is not None:
            mine.dated += 1
            mine.overdue += due < trace.ended.get(task, self._until)

    def _at(self, trace: Trace, track: str, state: str) -> _Stood:
        of = trace.tracks[track]
        return self._stood.setdefault((of["workflow"], of["edition"], state), _Stood())

    def _minutes(self, spans: Iterable[tuple[str, datetime, datetime]]) -> Counter[str]:
        minutes = Counter[str]()
        for what, since, end in spans:
            minutes[what] += self._calendar.working_minutes(since, end)
        return minutes

    def places(self) -> tuple[Place, ...]:
        """Every state in which a case stood, by its edition; those that took the most time together first: the bottlenecks."""
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
                minutes=_each(one.minutes),
            )
            for (workflow, edition, state), one in self._stood.items()
        )
        return tuple(sorted(told, key=lambda place: (-place.total, place.workflow, place.edition, place.state)))

    def works(self) -> tuple[Work, ...]:
        """Every task by its workflow and name, with its minutes by what it did; what waited the longest together first."""
        told = (
            Work(workflow=workflow, name=name, count=one.count, minutes=_each(one.minutes))
            for (workflow, name), one in self._done.items()
        )
        return tuple(sorted(told, key=lambda work: (-work.minutes[WAITING], work.workflow, work.name)))


def waits_of(traces: Iterable[Trace], calendar: Calendar, until: datetime) -> Waits:
    waits = Waits(calendar, until)
    for trace in traces:
        waits.add(trace)
    return waits


def _each(minutes: Counter[str]) -> dict[str, int]:
    return {what: minutes[what] for what in (WAITING, IN_HAND, RESTING)}


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
