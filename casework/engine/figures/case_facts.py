"""One case as figures see it: what its log tells up to an instant, with the day of each fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.names import FigureNames
from casework.engine.figures.stays import Moment, Moments, Stay, going_on, needed, stays
from casework.engine.state.case import COMPLETED, Case, Task, Track
from casework.engine.state.events import CORRECTED, FIRED, REFUSED, Event
from casework.engine.state.found_case import AsOpened
from casework.engine.state.projection import evolve
from casework.json_values import Answers


@dataclass(frozen=True, slots=True)
class Firing:
    """That an action was taken on a track: when it was recorded, on which day it happened, and what was said."""

    seq: int
    track: str
    name: str
    part: str | None
    at: datetime
    on: date
    data: Answers
    to: tuple[str, ...]
    actor: str


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """What a case has come to by an instant."""

    case: Case
    opened_on: date
    as_opened: AsOpened | None
    #: All actions, in order; what was corrected says what is right.
    firings: tuple[Firing, ...]
    #: By event that records an effect, the day of it.
    effect_days: Mapping[int, date]
    #: By action how often a second person did not agree to it.
    refusals: Mapping[str, int]
    #: Its stays in the steps of its main track.
    stays: tuple[Stay, ...]
    #: What those that go on follow from at any later instant; none where none goes on.
    moments: tuple[Moment, ...] = ()

    def up_to(self, until: datetime, calendar: Calendar) -> CaseFacts:
        """The same case at a later instant by which its log tells nothing more: what goes on has gone on until then."""
        if not self.moments:
            return self
        ended = tuple(stay for stay in self.stays if stay.end is not None)
        return replace(self, stays=(*ended, *going_on(self.moments, until, calendar)))

    @property
    def number(self) -> str:
        return str(self.case.number)

    @property
    def month(self) -> str:
        """Its cohort: the month of its opening."""
        return f"{self.opened_on:%Y-%m}"

    @property
    def closed(self) -> bool:
        return self.case.closed_at is not None

    @property
    def outcome(self) -> str | None:
        """Its latest outcome, once it is closed: what is only proposed is none."""
        return self.case.outcome if self.closed else None

    def of(self, dimension: str) -> str | None:
        """What it was by one of the `DIMENSIONS` when it was opened."""
        if dimension == "phase":
            return self.case.phase
        if self.as_opened is None:
            return None
        return {
            "sector": self.as_opened["sector"],
            "district": self.as_opened["district"],
            "source": self.as_opened["source"],
            "technology_field": self.as_opened.get("technology_field"),
        }[dimension]

    def first(self, names: Iterable[str], track: str | None = None) -> Firing | None:
        """The first time that one of these actions was taken: on the main track, where no other is named."""
        wanted, where = frozenset(names), track or self.case.main.id
        return next((one for one in self.firings if one.track == where and one.name in wanted), None)

    def on_track(self, track: str) -> tuple[Firing, ...]:
        return tuple(one for one in self.firings if one.track == track)

    def finished(self, name: str) -> list[Task]:
        """The tasks of a name that were done, in the order in which they were."""
        done = (task for task in self.case.tasks.values() if task.name == name and task.state == COMPLETED)
        return sorted(done, key=lambda task: (task.closed_at or task.opened_at, task.id))

    def tracks(self, workflow: str) -> list[Track]:
        return [track for track in self.case.tracks.values() if track.workflow == workflow]

    def reached(self, names: FigureNames) -> dict[str, Firing]:
        """The steps of the trunk that it has reached, each the first time."""
        return {step: one for step, actions in names.trunk if (one := self.first(actions)) is not None}


#: What figures read of a case, its tracks and its tasks, and no more: codes, days and ids, which no erasure reaches. The rest is left
#: out wherever a log is folded, so that what is kept of a case says the same as what is folded anew.
READ: Mapping[Any, tuple[str, ...]] = {
    Case: (
        "log", "kind", "programme", "seq", "last_at", "opened_at", "number", "need", "phase", "follows_from", "owner", "tracks", "tasks",
        "impacts", "statements", "outcome", "reasons", "closed_at",
    ),
    Track: (
        "id", "workflow", "edition", "kind", "parent", "provider", "states", "entered_at", "opened_at", "ended_at", "outcome", "replaced",
        "part", "played",
    ),
    Task: (
        "id", "track", "name", "edition", "rule", "type", "queue", "organisation", "state", "opened_at", "due_at", "holder", "closed_at",
        "result", "aftercare",
    ),
}  # fmt: skip
#: By what cases are told apart, as they were at their opening.
DIMENSIONS = ("phase", "sector", "district", "source", "technology_field")


def read_case(events: Iterable[Event], until: datetime, calendar: Calendar, names: FigureNames) -> CaseFacts | None:
    """What a case's log tells up to an instant; None before its opening, and of what is no case."""
    case: Case | None = None
    as_opened: AsOpened | None = None
    firings: list[Firing] = []
    effect_days: dict[int, date] = {}
    refusals: dict[str, int] = {}
    moments = Moments(names.started)
    for event in events:
        if event.at > until:
            break
        case = evolve(case, event)
        moments.take(case)
        if "case" in event.effects:
            as_opened = event.effects["case"].get("as_opened")
        if "impacts" in event.effects:
            effect_days[event.seq] = day_of(event, calendar)
        if event.kind == FIRED and event.track is not None:
            firings.append(_firing(event, calendar))
        elif event.kind == REFUSED:
            name = event.effects["transition"]
            refusals[name] = refusals.get(name, 0) + 1
        elif event.kind == CORRECTED and event.track is not None and "transition" in event.effects:
            _correct(firings, event)
    if case is None or case.kind != "case":
        return None
    opened_on = calendar.local_date(case.opened_at)
    stayed = tuple(stays(moments.kept, until, calendar))
    told, rest = tuple(firings), needed(moments.kept, stayed)
    return CaseFacts(_bare(case, names), opened_on, as_opened, told, effect_days, refusals, stayed, rest)


def _bare(case: Case, names: FigureNames) -> Case:
    """A case with what figures read of it; of its tasks those that are open or asked by name."""
    tracks = {id: _read(track) for id, track in case.tracks.items()}
    tasks = {id: _read(task) for id, task in case.tasks.items() if task.open or task.name in names.tasks}
    bare: Case = _read(case)
    return replace(bare, tracks=tracks, tasks=tasks)


def _read(one: Any) -> Any:
    """One with the fields that figures read."""
    return type(one)(**{name: getattr(one, name) for name in READ[type(one)]})


def day_of(event: Event, calendar: Calendar) -> date:
    """The day of a fact: the one that was put down, else that on which it was recorded."""
    happened = event.effects.get("happened_on")
    return date.fromisoformat(happened) if happened else calendar.local_date(event.at)


def _firing(event: Event, calendar: Calendar) -> Firing:
    effects = event.effects
    return Firing(
        event.seq,
        str(event.track),
        effects["transition"],
        effects.get("part"),
        event.at,
        day_of(event, calendar),
        effects.get("data", {}),
        event.to,
        event.actor,
    )


def _correct(firings: list[Firing], event: Event) -> None:
    """Of the action that an event corrects, what is right."""
    of = event.effects.get("of")
    for n, one in enumerate(firings):
        if one.seq == of:
            firings[n] = replace(one, data=event.effects["data"])
