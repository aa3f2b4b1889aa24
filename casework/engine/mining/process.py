"""How the cases of a programme ran up to a moment, counted together; and the part of it that a page shows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from casework.engine.deadlines.calendars import Calendar
from casework.engine.mining.conformance import Conformance
from casework.engine.mining.runs import JudgedRun
from casework.engine.mining.waits import Place, Waits, Work
from casework.engine.mining.ways import Arc, Variant, Ways

#: A page shows so many lines of a list, the first ones.
MOST = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class LeftOut:
    """What the lists do not have of all that was counted."""

    variants: int = 0
    #: Of these variants.
    cases: int = 0
    #: Cases of which nothing stands in the list of conformance, their actions, and those among them that deviate.
    judged: int = 0
    actions: int = 0
    deviating: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Process:
    """How the cases of a programme ran up to a moment."""

    at: datetime
    #: The digest of the calendar by whose working minutes it is told.
    calendar: str
    variants: tuple[Variant, ...]
    arcs: tuple[Arc, ...]
    places: tuple[Place, ...]
    works: tuple[Work, ...]
    conformance: tuple[Conformance, ...]
    #: Nothing, but in what a page shows of a large programme.
    left_out: LeftOut = LeftOut()

    @property
    def ways(self) -> int:
        """How many variants there are."""
        return len(self.variants) + self.left_out.variants

    @property
    def cases(self) -> int:
        """How many cases went one of the ways."""
        return sum(len(one.cases) for one in self.variants) + self.left_out.cases

    @property
    def judged(self) -> int:
        """How many cases were tried again on their editions."""
        return len(self.conformance) + self.left_out.judged

    @property
    def actions(self) -> int:
        """How many actions were."""
        return sum(one.actions for one in self.conformance) + self.left_out.actions

    @property
    def deviating(self) -> int:
        """How many of the cases deviate."""
        return sum(bool(one.deviations) for one in self.conformance) + self.left_out.deviating


def fold_runs(runs: Iterable[JudgedRun], calendar: Calendar, until: datetime) -> Process:
    """From cases that come one by one, none of which is kept."""
    ways, waits, conforming = Ways(), Waits(calendar, until), list[Conformance]()
    for one in runs:
        ways.add(one.run)
        waits.add(one.run)
        conforming.append(one.conformance)
    return Process(
        at=until,
        calendar=calendar.digest,
        variants=ways.variants(),
        arcs=ways.arcs(),
        places=waits.places(),
        works=waits.works(),
        conformance=tuple(conforming),
    )


def as_shown(told: Process) -> Process:
    """What a page shows, of as many cases as there may be: the first lines, and how much they leave out."""
    shown, conforming = told.variants[:MOST], [one for one in told.conformance if one.deviations][:MOST]
    return replace(
        told,
        variants=shown,
        conformance=tuple(conforming),
        left_out=LeftOut(
            variants=told.ways - len(shown),
            cases=told.cases - sum(len(one.cases) for one in shown),
            judged=told.judged - len(conforming),
            actions=told.actions - sum(one.actions for one in conforming),
            deviating=told.deviating - len(conforming),
        ),
    )
