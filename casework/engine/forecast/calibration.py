"""How often what would have been told came true: forecasts as of earlier instants, from what was known then, held against the ends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from casework.engine.deadlines.calendars import Calendar
from casework.engine.forecast.forecasts import Forecast, Within, forecast_stay, forecast_track
from casework.engine.forecast.past import UNSTEADY, Past
from casework.engine.forecast.past_stays import Stay, cut
from casework.engine.parts import MAIN

#: At so many instants, for so many tracks at most at each, with so many courses.
INSTANTS, TRACKS, COURSES = 12, 25, 100
#: Of fewer forecasts no percentage is told.
LEAST = 10
#: Of a hundred so many must have held, or nothing is told any more.
STEADY = 70


@dataclass(frozen=True, slots=True)
class Held:
    """Of how many forecasts the ends came within the intervals."""

    forecasts: int = 0
    half: int = 0
    most: int = 0

    @property
    def percent(self) -> int | None:
        """How often the wide interval held; None of too few."""
        return None if self.forecasts < LEAST else round(100 * self.most / self.forecasts)

    @property
    def is_steady(self) -> bool:
        """Whether such may be told: not where what would have been told before did not come true often enough."""
        return self.forecasts < LEAST or 100 * self.most >= STEADY * self.forecasts


@dataclass(frozen=True, slots=True)
class Tried:
    """What would have been told at an instant, until when, and which of its intervals held."""

    at: datetime
    #: Working minutes until its wide interval has passed.
    late: int
    half: bool
    most: bool


def instants(stays: Sequence[Stay], until: datetime, count: int = INSTANTS) -> list[datetime]:
    """Evenly spread over what a programme has seen."""
    first = min((stay.begin for stay in stays), default=until)
    return [first + (until - first) * n / (count + 1) for n in range(1, count + 1)]


def calibrate(
    stays: Sequence[Stay],
    until: datetime,
    calendar: Calendar,
    part: str | None = None,
    *,
    others: Sequence[Stay] | None = None,
    tracks: int = TRACKS,
) -> Held:
    """How often forecasts of a part held, as `tried` has them."""
    return held(tried(stays, until, calendar, part, others=others, tracks=tracks))


def tried(
    stays: Sequence[Stay],
    until: datetime,
    calendar: Calendar,
    part: str | None = None,
    *,
    others: Sequence[Stay] | None = None,
    tracks: int = TRACKS,
    moments: int = INSTANTS,
) -> Iterator[Tried]:
    """Forecasts of tracks of a part; of the steps of main tracks, where none is named. `others` are what they are told from.

    Counted is a forecast whose wide interval has passed by now: that is decided by what was told, never by what came.
    """
    ends = _ends(stays, part)
    for at in instants(stays, until, moments):
        mine, passed = Past(cut(stays, at, calendar), at), calendar.working_minutes(at, until)
        past = mine if others is None else Past(cut(others, at, calendar), at)
        for stay in _some(mine.going_on(part or MAIN), tracks):
            told = (
                forecast_stay(past, stay)
                if part is None
                else forecast_track(past, stay, f"{stay.track} {at.isoformat()}", draws=COURSES)
            )
            if told.half is None or told.most is None or told.most.late is None or passed <= told.most.late:
                continue
            end = ends.get((stay.track, stay.begin))
            came = None if end is None else calendar.working_minutes(at, end)
            yield Tried(at, told.most.late, _within(told.half, came), _within(told.most, came))


def held(all_tried: Iterable[Tried]) -> Held:
    count = Held()
    for one in all_tried:
        count = Held(count.forecasts + 1, count.half + one.half, count.most + one.most)
    return count


def told_of(all_tried: Sequence[Tried], calendar: Calendar) -> list[Tried]:
    """Those that were told: as of the instant of each, what had been told before and had had its time came true often enough."""
    told: list[Tried] = []
    for at, group in groupby(all_tried, key=lambda one: one.at):
        before = (one for one in all_tried if one.at < at and calendar.working_minutes(one.at, at) > one.late)
        if held(before).is_steady:
            told += group
    return told


def if_steady(forecast: Forecast, past: Held) -> Forecast:
    """It, or that nothing is told, since such did not come true often enough."""
    if forecast.why_not is not None or past.is_steady:
        return forecast
    return replace(forecast, half=None, most=None, why_not=UNSTEADY)


def _ends(stays: Sequence[Stay], part: str | None) -> dict[tuple[str, datetime], datetime]:
    """By stay when it ended, or when its track did, the first time from there."""
    ends: dict[tuple[str, datetime], datetime] = {}
    by_track: dict[str, datetime] = {}
    for stay in reversed(stays):
        if stay.end is not None and (part is None or stay.then is None):
            by_track[stay.track] = stay.end
        elif stay.end is None:
            by_track.pop(stay.track, None)
        if stay.track in by_track:
            ends[stay.track, stay.begin] = by_track[stay.track]
    return ends


def _some(going_on: Sequence[Stay], tracks: int) -> Sequence[Stay]:
    every = -(-len(going_on) // tracks) or 1
    return going_on[::every]


def _within(told: Within, came: int | None) -> bool:
    return came is not None and told.early <= came and (told.late is None or came <= told.late)
