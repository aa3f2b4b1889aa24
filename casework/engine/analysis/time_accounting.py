"""Whose turn it was in a referral: all the time from its offer to its end, each minute charged to exactly one side.

Pure: from the events of a case or a mediation. The side is the one whose queue works the step that the referral stands
at; while the service below it is worked on, the step of that. While a stop is in force the provider may do nothing, and
its time is the office's.
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
class _Track:
    edition: str
    states: tuple[str, ...]
    live: bool = True
    replaced: bool = False


def turns(library: Library, events: Iterable[Event], referral: str) -> tuple[Turn, ...]:
    """Both sides' turns in the order of time, without a gap; none before the referral was offered."""
    seen: dict[str, _Track] = {}
    frozen, offered = False, False
    taken: list[Turn] = []
    for event in events:
        _follow(seen, event, referral)
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


def _follow(seen: dict[str, _Track], event: Event, referral: str) -> None:
    """The referral and the tracks below it, as far as they tell whose turn it is."""
    for opened in event.effects.get("tracks", ()):
        if referral in (opened["id"], opened["parent"]):
            seen[opened["id"]] = _Track(opened["edition"], tuple(opened["states"]))
    if event.track in seen:
        live = seen[event.track].live and "ended" not in event.effects
        seen[event.track] = replace(
            seen[event.track],
            states=event.to or seen[event.track].states,
            live=live,
            replaced=event.effects.get("replaced", seen[event.track].replaced),
        )
    for id in event.effects.get("replaced_tracks", ()):
        if id in seen:
            seen[id] = replace(seen[id], replaced=True)


def _side(library: Library, seen: Mapping[str, _Track], referral: str) -> str:
    above = seen[referral]
    if _by_provider(library, above):
        below = [track for id, track in seen.items() if id != referral and track.live and not track.replaced]
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
