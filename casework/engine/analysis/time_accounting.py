"""Whose turn it was in a referral: all the time from its offer to its end, each minute charged to exactly one side.

Pure: from the events of a case or a mediation. The side is the one whose queue works the step that the referral stands
at; while the service below it is worked on, the step of that. While a stop is in force the provider may do nothing, and
its time is the office's. `intervals` gives the same of every track, with the states that it stood in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from casework.engine.deadlines.calendars import Calendar
from casework.engine.execution.context import Library
from casework.engine.parts import SENDS
from casework.engine.roles import ORGANISATION_QUEUES
from casework.engine.state.events import FIRED, Event

PROVIDER, OFFICE = "provider", "office"
SIDES = (PROVIDER, OFFICE)
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Turn:
    """Time that is charged to one side; `seq` is the event that began it. The last one of a live referral has no end."""

    side: str
    start: datetime
    end: datetime | None
    seq: int

    def minutes(self, now: datetime) -> int:
        return max(0, (_minute(self.end or now) - _minute(self.start)) // _MINUTE)

    def working_minutes(self, now: datetime, calendar: Calendar) -> int:
        return max(0, calendar.working_minutes(self.start, self.end or now))


@dataclass(frozen=True)
class Interval:
    """A stretch of time in which a track stood in the same states and it was the same side's turn.

    The last one of a live track has no end.
    """

    states: tuple[str, ...]
    side: str
    start: datetime
    end: datetime | None
    #: The edition by which the track ran then, whose states these are.
    edition: str


@dataclass(frozen=True)
class _Track:
    edition: str
    parent: str | None
    states: tuple[str, ...]
    live: bool = True
    replaced: bool = False


def turns(library: Library, events: Iterable[Event], referral: str) -> tuple[Turn, ...]:
    """Both sides' turns in the order of time, without a gap; none before the referral was offered."""
    seen: dict[str, _Track] = {}
    frozen, offered = False, False
    taken: list[Turn] = []
    for event in events:
        _follow(seen, event)
        frozen = event.effects.get("frozen", frozen)
        if event.track == referral and event.kind == FIRED and event.effects.get("part") == SENDS:
            offered = True
        if not offered or referral not in seen or taken and taken[-1].end is not None:
            continue
        if not seen[referral].live:
            taken[-1] = replace(taken[-1], end=event.at)
            continue
        side = OFFICE if frozen else _side(library, seen, referral)
        if taken and taken[-1].side == side:
            continue
        if taken:
            taken[-1] = replace(taken[-1], end=event.at)
        taken.append(Turn(side, event.at, None, event.seq))
    return tuple(taken)


def intervals(library: Library, events: Iterable[Event]) -> dict[str, tuple[Interval, ...]]:
    """Of every track the states that it stood in from its opening to its end, and whose turn it was in each.

    One follows the other without a gap, but for the time between an end and a reopening.
    """
    seen: dict[str, _Track] = {}
    frozen = False
    stood: dict[str, list[Interval]] = {}
    for event in events:
        before, stopped = dict(seen), frozen
        _follow(seen, event)
        frozen = event.effects.get("frozen", frozen)
        for id, track in seen.items():
            if frozen == stopped and seen.get(id) is before.get(id) and not _changed_below(before, seen, id):
                continue
            mine = stood.setdefault(id, [])
            standing = bool(mine) and mine[-1].end is None
            side = OFFICE if frozen else _side(library, seen, id)
            same = standing and (mine[-1].states, mine[-1].side, mine[-1].edition) == (
                track.states,
                side,
                track.edition,
            )
            if same and track.live:
                continue
            if standing:
                mine[-1] = replace(mine[-1], end=event.at)
            if track.live:
                mine.append(Interval(track.states, side, event.at, None, track.edition))
    return {id: tuple(mine) for id, mine in stood.items()}


def _changed_below(before: Mapping[str, _Track], seen: Mapping[str, _Track], id: str) -> bool:
    """Whether anything that an event changed lies right below a track."""
    return any(track.parent == id and track is not before.get(other) for other, track in seen.items())


def _follow(seen: dict[str, _Track], event: Event) -> None:
    """The tracks, as far as they tell whose turn it is."""
    for opened in event.effects.get("tracks", ()):
        seen[opened["id"]] = _Track(opened["edition"], opened["parent"], tuple(opened["states"]))
    if event.track in seen:
        before = seen[event.track]
        after = replace(
            before,
            states=event.to or before.states,
            live="ended" not in event.effects and (before.live or bool(event.effects.get("reopened"))),
            replaced=event.effects.get("replaced", before.replaced),
        )
        if after != before:
            seen[event.track] = after
    for id in event.effects.get("replaced_tracks", ()):
        if id in seen:
            seen[id] = replace(seen[id], replaced=True)
    if (migration := event.effects.get("migration")) is not None:
        for one in migration["tracks"]:
            seen[one["id"]] = replace(seen[one["id"]], edition=migration["to"], states=tuple(one["states"]))


def _side(library: Library, seen: Mapping[str, _Track], id: str) -> str:
    above = seen[id]
    if _by_provider(library, above):
        below = [track for track in seen.values() if track.parent == id and track.live and not track.replaced]
        # Until the work is begun it waits for whoever begins it, wherever the service's first step lies.
        begun = [track for track in below if not _begins(library, above, track)]
        if begun and not _by_provider(library, begun[-1]):
            return OFFICE
        return PROVIDER
    return OFFICE


def _by_provider(library: Library, track: _Track) -> bool:
    """Whether any of the steps that a track stands at is worked in a provider's queue."""
    states = library[track.edition].states
    return any(states[leaf].queue in ORGANISATION_QUEUES for leaf in track.states)


def _begins(library: Library, above: _Track, below: _Track) -> bool:
    start = library[below.edition].rules["first_step_fires"]
    return start is not None and library[above.edition].find(start, above.states) is not None


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)
