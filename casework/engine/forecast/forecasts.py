"""When the step, the request or the case at hand is likely to end: two intervals, in working minutes from the instant on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from casework.engine.forecast.course import DRAWS, SELDOM, Gap, Start, after, draw
from casework.engine.forecast.past import LEAST_BEYOND, NO_OTHER, OUTLASTED, THIN, Past
from casework.engine.forecast.past_stays import Stay, Step, came_by

#: The version of what a forecast is; a part of its seed.
DEFINITIONS = 3
#: How many standard errors further the courses must end as well, for a later bound of theirs to be told.
SURE = 1.28


@dataclass(frozen=True, slots=True)
class Within:
    """From when until when; it may come later than all that is known."""

    early: int
    late: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Forecast:
    """When something ends, or why that cannot be told."""

    #: In which it ends one time in two, and four times in five.
    half: Within | None = None
    most: Within | None = None
    #: What it rests on: stays in this step that ended, and the cases behind all that was drawn from.
    ended: int
    cases: int
    #: Of `THIN`, `OUTLASTED`, `NO_OTHER` and `UNSTEADY`.
    why_not: str | None = None
    #: The step of which too little is known.
    of: Step | None = None


def forecast_stay(past: Past, stay: Stay, gaps: Sequence[Gap] = ()) -> Forecast:
    """When a stay ends that goes on."""
    start = _start(past, stay, ())
    known = past.known(start.step, asked=start.asked)
    lasting = known.lasting

    def at(share: float) -> int | None:
        drawn = lasting.draw(share, start.elapsed)
        free = gaps if lasting.by_office else ()
        return None if drawn is None else after(0, drawn.minutes - start.elapsed, free)

    why_not = known.why_not or _outlasted(past, start)
    if why_not is None:
        told = _quantiles(at, lasting.beyond(start.elapsed), lambda share: lasting.standing(share, start.elapsed))
        if told is not None:
            return Forecast(half=told[0], most=told[1], ended=lasting.ended, cases=len(lasting.cases))
        why_not = NO_OTHER if lasting.no_other else OUTLASTED
    return Forecast(ended=lasting.ended, cases=len(lasting.cases), why_not=why_not, of=start.step)


def forecast_track(past: Past, stay: Stay, seed: str, gaps: Sequence[Gap] = (), draws: int = DRAWS) -> Forecast:
    """When a track ends that stands in a stay: a case by its main track, or a request. The same seed tells the same.

    A request of a provider that stops is asked anew of another one.
    """
    start = _start(past, stay, came_by(past.of_track(stay.track)))
    lasting = past.known(start.step, asked=start.asked).lasting
    why_not = past.known(start.step, asked=start.asked).why_not or _outlasted(past, start)
    if why_not is not None:
        return Forecast(ended=lasting.ended, cases=len(lasting.cases), why_not=why_not, of=start.step)
    courses = draw(past, start, seed, gaps, draws)
    told = None
    if courses.stuck.total() * SELDOM > courses.drawn:
        step = min(courses.stuck, key=lambda one: (-courses.stuck[one], one))
        why_not = past.known(step).why_not or THIN
    else:
        step, why_not = start.step, NO_OTHER if courses.no_other else OUTLASTED
        told = _quantiles(courses.at, min(lasting.beyond(start.elapsed), courses.fewest))
    if told is None:
        return Forecast(ended=lasting.ended, cases=len(courses.cases), why_not=why_not, of=step)
    return Forecast(half=told[0], most=told[1], ended=lasting.ended, cases=len(courses.cases))


def _start(past: Past, stay: Stay, path: tuple[Step, ...]) -> Start:
    if not past.stops(stay):
        return Start(stay.step, path, stay.minutes)
    if stay.is_request:
        return Start(past.first_step(stay.step))
    return Start(stay.step, path, asked=True)


def _outlasted(past: Past, start: Start) -> str | None:
    lasting = past.known(start.step, asked=start.asked).lasting
    return OUTLASTED if lasting.beyond(start.elapsed) < LEAST_BEYOND else None


def _quantiles(
    at: Callable[[float], int | None], known: int, standing: Callable[[float], float] | None = None
) -> tuple[Within, Within] | None:
    """Both intervals; None where even the earlier bounds lie beyond what is known.

    Of n times that are known the next one lies below the k-th with a chance of k in n + 1: so much wider is it told. Of the later bound
    n is how many those stand for that were still there by then: where most go on, they are few, and it is not told. Without that, of
    courses through several steps, it is told where some more of them end as well: of few stays by chance all may have ended, and those
    would be told of.
    """

    def late(share: float) -> int | None:
        there = float(known)
        if standing is not None:
            there = standing(share)
            there = min(there, standing(min(1.0, share * (there + 1) / there))) if there > 0 else 0.0
        else:
            further = share + SURE * sqrt(share * (1.0 - share) / known)
            there = 0.0 if further >= 1.0 or at(further) is None else there
        return None if there < LEAST_BEYOND else at(min(1.0, share * (there + 1) / there))

    least, low = at(max(0.0, (0.1 * (known + 1) - 1) / known)), at(max(0.0, (0.25 * (known + 1) - 1) / known))
    if least is None or low is None:
        return None
    return Within(low, late(0.75)), Within(least, late(0.9))
