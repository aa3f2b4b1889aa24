"""One mediation as figures see it: when it was opened, a mediator appointed, and how it ended. Nothing tells whose it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.names import FigureNames
from casework.engine.state.events import Event


@dataclass(frozen=True, slots=True)
class Procedure:
    """One way through it: another provider that is asked begins another."""

    begun_on: date
    ended_on: date | None = None
    outcome: str | None = None

    def ended_by(self, day: date) -> bool:
        """Whether it had ended before a day."""
        return self.ended_on is not None and self.ended_on < day


@dataclass(frozen=True, slots=True)
class MediationFacts:
    """The days on which it was opened and a mediator appointed, as they were recorded, and its procedures in order."""

    opened_on: date
    appointed_on: date | None = None
    procedures: tuple[Procedure, ...] = ()

    def ended_by(self, day: date) -> bool:
        """Whether it had ended before a day: what is begun again goes on."""
        begun = [one for one in self.procedures if one.begun_on < day]
        return bool(begun) and begun[-1].ended_by(day)

    def outcomes_by(self, day: date) -> frozenset[str]:
        """How it had ended before a day, once or several times."""
        return frozenset(str(one.outcome) for one in self.procedures if one.ended_by(day))


def read_mediation(events: Iterable[Event], names: FigureNames, calendar: Calendar) -> MediationFacts | None:
    """A mediation as its log tells it; None of an empty one."""
    opened: date | None = None
    appointed: date | None = None
    procedures: dict[str, Procedure] = {}
    for event in events:
        day, effects = calendar.local_date(event.at), event.effects
        opened = opened or day
        for track in effects.get("tracks", ()):
            if track["workflow"] == names.mediation:
                procedures[track["id"]] = Procedure(day)
        mine = procedures.get(event.track or "")
        if mine is None:
            continue
        if effects.get("transition") in names.appoints:
            appointed = appointed or day
        if "ended" in effects and mine.ended_on is None:
            procedures[str(event.track)] = Procedure(mine.begun_on, day, effects["ended"])
    return None if opened is None else MediationFacts(opened, appointed, tuple(procedures.values()))
