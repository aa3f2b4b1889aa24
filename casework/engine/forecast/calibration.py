"""How often what would have been told came true: forecasts as of earlier instants, from what was known then, held against the ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from casework.engine.deadlines.calendars import Calendar
from casework.engine.forecast.forecasts import Within, forecast_stay, forecast_track
from casework.engine.forecast.past import Past
from casework.engine.forecast.past_stays import Stay, cut
from casework.engine.parts import MAIN

#: At so many instants, for so many tracks at most at each, with so many courses.
INSTANTS, TRACKS, COURSES = 12, 25, 100
#: Of fewer forecasts no percentage is told.
LEAST = 10


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
    """Of forecasts of tracks of a part; of the steps of main tracks, where none is named. `others` are what they are told from.

    Counted is a forecast whose wide interval has passed by now: that is decided by what was told, never by what came.
    """
    ends, held = _ends(stays, part), Held()
    for at in instants(stays, until):
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
            held = Held(held.forecasts + 1, held.half + _within(told.half, came), held.most + _within(told.most, came))
    return held


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
