"""The stays of a case in the steps of its main track and of its requests, with what came after each and whose turn it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise, zip_longest
from typing import NamedTuple

from casework.engine.analysis.time_accounting import PROVIDER, Interval, intervals
from casework.engine.deadlines.calendars import Calendar
from casework.engine.definition.editions import Edition
from casework.engine.execution.context import Library
from casework.engine.parts import MAIN, REFERRAL
from casework.engine.state.effects_schema import OpenedTrack
from casework.engine.state.events import Event


class Step(NamedTuple):
    """A step of a workflow, by whatever edition of it; of a request, for one service."""

    workflow: str
    service: str
    states: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """Time within a stay in which a request lay with its provider."""

    begin: datetime
    end: datetime | None
    provider: str


@dataclass(frozen=True, slots=True)
class Stay:
    """The time that a track spent in a step, once."""

    #: The log of the case.
    case: str
    track: str
    part: str
    step: Step
    begin: datetime
    #: None where it goes on.
    end: datetime | None
    #: The step after it; None where it goes on, or the track ended with it.
    then: Step | None
    #: Whether it went on by going back to where the track was before.
    back: bool
    turns: tuple[Turn, ...]
    #: Working minutes, and those of them in which a request lay with its provider.
    minutes: int
    outside: int

    @property
    def is_request(self) -> bool:
        return self.part == REFERRAL

    @property
    def providers(self) -> frozenset[str]:
        return frozenset(turn.provider for turn in self.turns)


def read_stays(library: Library, events: Iterable[Event], until: datetime, calendar: Calendar) -> list[Stay]:
    """Those of a case up to an instant, track by track, each in the order of time."""
    kept = [event for event in events if event.at <= until]
    opened = {track["id"]: track for event in kept for track in event.effects.get("tracks", ())}
    stood = intervals(library, kept)
    turns = {
        id: list(_turns(stood.get(id, ()), _providers(kept, track)))
        for id, track in opened.items()
        if track["part"] == REFERRAL
    }
    found: list[Stay] = []
    for id, track in opened.items():
        if track["part"] == MAIN:
            asked = sorted(
                (turn for mine in turns.values() for turn in mine), key=lambda turn: (turn.begin, turn.provider)
            )
        elif id in turns:
            asked = turns[id]
        else:
            continue
        joined = _joined(stood.get(id, ()), _renamings(kept, id))
        made = _of_track(kept[0].log, track, joined, library[track["edition"]])
        found += [_measured(stay, asked, until, calendar) for stay in made]
    return found


def _providers(events: Iterable[Event], request: OpenedTrack) -> list[tuple[datetime, str | None]]:
    """Who was asked from when on: a request may come to another provider."""
    told: list[tuple[datetime, str | None]] = []
    for event in events:
        if any(track["id"] == request["id"] for track in event.effects.get("tracks", ())):
            told.append((event.at, request["provider"]))
        if event.track == request["id"] and "provider" in event.effects:
            told.append((event.at, event.effects["provider"]))
    return told


def _turns(stood: Iterable[Interval], providers: Sequence[tuple[datetime, str | None]]) -> Iterator[Turn]:
    """The time of the provider's side, by which provider it was."""
    until = [at for at, _ in providers[1:]]
    for one in stood:
        if one.side != PROVIDER:
            continue
        for (since, provider), end in zip_longest(providers, until):
            begin = max(one.start, since)
            stop = one.end if end is None else end if one.end is None else min(one.end, end)
            if provider is not None and (stop is None or begin < stop):
                yield Turn(begin, stop, provider)


def cut(stays: Iterable[Stay], until: datetime, calendar: Calendar) -> list[Stay]:
    """The same stays as they were known at an earlier instant."""
    kept = (stay for stay in stays if stay.begin <= until)
    return [
        stay
        if stay.end is not None and stay.end <= until
        else _measured(replace(stay, end=None, then=None, back=False), stay.turns, until, calendar)
        for stay in kept
    ]


def _renamings(events: Iterable[Event], track: str) -> list[tuple[datetime, Mapping[str, str]]]:
    """What the steps of a track were called anew when it moved to another edition, or went back, by the plan."""
    told: list[tuple[datetime, Mapping[str, str]]] = []
    for event in events:
        migration = event.effects.get("migration")
        if migration is None or all(one["id"] != track for one in migration["tracks"]):
            continue
        names = migration["mapping"].get("states", {})
        told.append((event.at, {now: was for was, now in names.items()} if "back" in migration else names))
    return told


def _joined(stood: Iterable[Interval], renamings: Sequence[tuple[datetime, Mapping[str, str]]] = ()) -> list[Interval]:
    """One stretch for each stay, whoever's turn it was; a step that got another name meanwhile is the same one, by its newest name."""
    joined: list[Interval] = []
    for one in stood:
        states = one.states
        for at, names in renamings:
            if one.start < at:
                states = tuple(names.get(state, state) for state in states)
        one = replace(one, states=states)
        if joined and (joined[-1].states, joined[-1].end) == (states, one.start):
            joined[-1] = replace(joined[-1], end=one.end)
        else:
            joined.append(one)
    return joined


def _of_track(case: str, track: OpenedTrack, stood: Sequence[Interval], edition: Edition) -> list[Stay]:
    steps = [Step(track["workflow"], track["kind"], one.states) for one in stood]
    made = []
    for n, one in enumerate(stood):
        # Only an end parts a stretch from the next one.
        goes_on = n + 1 < len(stood) and stood[n + 1].start == one.end
        then = steps[n + 1] if goes_on else None
        back = then is not None and n > 0 and then == steps[n - 1] and _leads_back(edition, one.states)
        made.append(
            Stay(
                case=case,
                track=track["id"],
                part=track["part"],
                step=steps[n],
                begin=one.start,
                end=one.end,
                then=then,
                back=back,
                turns=(),
                minutes=0,
                outside=0,
            )
        )
    return made


def _leads_back(edition: Edition, states: tuple[str, ...]) -> bool:
    return any(rule.target == "=previous" for rule, _ in edition.leaving(states))


def _measured(stay: Stay, asked: Iterable[Turn], until: datetime, calendar: Calendar) -> Stay:
    """A stay with its working minutes up to its end or an instant, and the turns of providers within them."""
    last = until if stay.end is None else stay.end
    turns = []
    for turn in asked:
        begin, end = max(turn.begin, stay.begin), min(turn.end or last, last)
        if begin < end:
            goes_on = stay.end is None and (turn.end is None or turn.end > last)
            turns.append(Turn(begin, None if goes_on else end, turn.provider))
    outside = sum(calendar.working_minutes(begin, end) for begin, end in _united(turns, last))
    return replace(stay, turns=tuple(turns), minutes=calendar.working_minutes(stay.begin, last), outside=outside)


def _united(turns: Iterable[Turn], last: datetime) -> list[tuple[datetime, datetime]]:
    """The time of some turns, in order of their begin, without counting any of it twice."""
    united: list[tuple[datetime, datetime]] = []
    for turn in sorted(turns, key=lambda one: (one.begin, one.end or last)):
        end = turn.end or last
        if united and turn.begin <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((turn.begin, end))
    return united


def came_by(stays: Sequence[Stay]) -> tuple[Step, ...]:
    """Where a track was before it came to where it is, as far as it can still go back there."""
    path: list[Step] = []
    for before, _ in pairwise(stays):
        path = moved(path, before)
    return tuple(path)


def moved(path: Sequence[Step], stay: Stay) -> list[Step]:
    """The way that lies behind a track once such a stay has ended."""
    return list(path[:-1]) if stay.back and path else [*path, stay.step]
