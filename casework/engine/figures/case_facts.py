"""One case as figures see it: what its log tells up to an instant, with the day of each fact."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.names import FigureNames
from casework.engine.figures.stays import Moments, Stay, stays
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


#: By what cases are told apart, as they were at their opening.
DIMENSIONS = ("phase", "sector", "district", "source")


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
    return CaseFacts(case, opened_on, as_opened, tuple(firings), effect_days, refusals, stayed)


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
