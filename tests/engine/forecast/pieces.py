"""Stays made by hand, and a programme that is made by chance: steps that last as log-normal times do, one way and another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from casework.engine.deadlines.calendars import Calendar
from casework.engine.forecast.past_stays import Stay, Step, Turn
from casework.engine.parts import MAIN

CALENDAR = Calendar("test")
#: A Monday, when work begins.
START = datetime(2023, 1, 2, 1, tzinfo=UTC)
#: Working minutes of a day.
DAY = 480


def step(name: str, workflow: str = "w") -> Step:
    return Step(workflow, workflow, (name,))


def stay(
    case: str,
    minutes: int,
    *,
    of: str = "a",
    then: str | None = None,
    open: bool = False,
    by: Sequence[str] = (),
    part: str = MAIN,
    begin: datetime = START,
) -> Stay:
    """A stay that lasted so long; with providers it lay with them all the time."""
    end = None if open else CALENDAR.add_working_minutes(begin, minutes)
    workflow = "w" if part == MAIN else "r"
    return Stay(
        case=case,
        track=f"{case} {part}",
        part=part,
        step=step(of, workflow),
        begin=begin,
        end=end,
        then=None if then is None else step(then, workflow),
        back=False,
        turns=tuple(Turn(begin, end, provider) for provider in by),
        minutes=minutes,
        outside=minutes if by else 0,
    )


def many(
    count: int, *, longest: int = 1000, by: Sequence[str] = (), part: str = MAIN, name: str = "past"
) -> list[Stay]:
    """So many ended stays, from the shortest to the longest in even steps, each of a case of its own."""
    return [stay(f"{name} {n}", longest * (n + 1) // count, by=by, part=part) for n in range(count)]


@dataclass(frozen=True)
class Way:
    """A step of the simulated programme: its median, its spread, and where it leads with which chance."""

    median: float
    spread: float
    onward: tuple[tuple[float, str | None], ...]


#: From the first to the last of four steps, with a way back and two ends.
PROGRAMME = {
    "look": Way(3 * DAY, 0.6, ((0.85, "plan"), (0.15, None))),
    "plan": Way(8 * DAY, 0.8, ((0.7, "work"), (0.2, "look"), (0.1, None))),
    "work": Way(25 * DAY, 0.5, ((0.9, "check"), (0.1, None))),
    "check": Way(4 * DAY, 1.0, ((0.3, "work"), (0.7, None))),
}


def simulate(
    seed: int, cases: int, years: int = 3, *, grows: float = 0.0, part: str = MAIN
) -> tuple[list[Stay], datetime]:
    """A programme of so many cases that were opened over some years, and the instant up to which it is known.

    Stays take longer by the year, by so much of what they took at first: where an office has more than it can do.
    """
    dice = Random(seed)
    until = START + timedelta(days=365 * years)
    found: list[Stay] = []
    for n in range(cases):
        begin = CALENDAR.add_working_minutes(START + timedelta(minutes=dice.randrange(365 * years * 1440)), 0)
        name: str | None = "look"
        while name is not None and begin <= until:
            way = PROGRAMME[name]
            longer = 1 + grows * (begin - START) / timedelta(days=365)
            minutes = max(1, round(way.median * longer * dice.lognormvariate(0, way.spread)))
            chance, then = dice.random(), way.onward[-1][1]
            for share, target in way.onward:
                if chance < share:
                    then = target
                    break
                chance -= share
            end = CALENDAR.add_working_minutes(begin, minutes)
            known = end <= until
            found.append(
                Stay(
                    case=f"{n:05}",
                    track=f"{n:05}",
                    part=part,
                    step=step(name),
                    begin=begin,
                    end=end if known else None,
                    then=None if then is None or not known else step(then),
                    back=False,
                    turns=(),
                    minutes=CALENDAR.working_minutes(begin, min(end, until)),
                    outside=0,
                )
            )
            begin, name = end, then
    return found, until
