"""Where time goes, in working minutes: how long cases stand in each state, and how much of a task's time somebody had it in hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from casework.engine.deadlines.calendars import Calendar
from casework.engine.mining.runs import Run, TaskRun, run_of
from casework.engine.mining.spans import IN_HAND, RESTING, WAITING, Span, ended_by
from casework.engine.mining.traces import Trace


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

    def add(self, run: Run) -> None:
        for stay in run.stood:
            mine = self._at(run, stay.track, stay.state)
            minutes = self._calendar.working_minutes(stay.since, stay.until or self._until)
            mine.count += 1
            mine.total += minutes
            if stay.until is None:
                mine.now += 1
            else:
                mine.left.append(minutes)
        for task in run.tasks:
            minutes_of = self._minutes(task.spans or ())
            if task.spans is not None:
                done = self._done.setdefault((run.tracks[task.track][0], task.name), _Done())
                done.count += 1
                done.minutes.update(minutes_of)
            if task.of is not None:
                self._add_step(self._at(run, task.track, task.of), task, minutes_of)

    def _add_step(self, mine: _Stood, task: TaskRun, minutes: Counter[str]) -> None:
        mine.minutes.update(minutes)
        if task.due is not None:
            mine.dated += 1
            mine.overdue += task.due < (task.ended or self._until)

    def _at(self, run: Run, track: int, state: str) -> _Stood:
        workflow, edition = run.tracks[track]
        return self._stood.setdefault((workflow, edition, state), _Stood())

    def _minutes(self, spans: Iterable[Span]) -> Counter[str]:
        minutes = Counter[str]()
        for what, since, end in ended_by(spans, self._until):
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
        waits.add(run_of(trace))
    return waits


def _each(minutes: Counter[str]) -> dict[str, int]:
    return {what: minutes[what] for what in (WAITING, IN_HAND, RESTING)}
