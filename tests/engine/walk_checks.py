"""What must hold of every random walk: how its events come back, and that a track can still end."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from casework.engine.definition.editions import Edition
from casework.engine.execution.entered_states import move
from casework.engine.state.case import Track
from casework.engine.state.events import Event
from casework.ledger.canonical_json import instant, parse_instant

Json = Any


def again(events: list[Event], seed: int) -> list[Event]:
    """The events as a database gives them back: through JSON, with the keys in another order."""
    dice = random.Random(seed)
    return [_read(json.loads(json.dumps(_shuffled(asdict(event), dice), default=_written))) for event in events]


def _read(kept: dict[str, Json]) -> Event:
    event = Event(**kept)
    return replace(event, at=parse_instant(kept["at"]), frm=tuple(kept["frm"]), to=tuple(kept["to"]))


def _written(value: Any) -> str:
    assert isinstance(value, datetime)
    return instant(value)


def _shuffled(value: Json, dice: random.Random) -> Json:
    if isinstance(value, Mapping):
        keys = list(value)
        dice.shuffle(keys)
        return {key: _shuffled(value[key], dice) for key in keys}
    return [_shuffled(one, dice) for one in value] if isinstance(value, list | tuple) else value


def can_end(edition: Edition, track: Track) -> bool:
    """Whether some way, with every guard taken to hold, leads a track to its end."""
    return track.ended_at is not None or _can_end(edition, track.states, tuple(sorted(track.came_from.items())))


_KNOWN: dict[Any, bool] = {}


def _can_end(edition: Edition, states: tuple[str, ...], came_from: tuple[tuple[str, tuple[str, ...]], ...]) -> bool:
    key = (edition.fingerprint, states, came_from)
    if key not in _KNOWN:
        _KNOWN[key] = _search(edition, states, dict(came_from))
    return _KNOWN[key]


def _search(edition: Edition, states: tuple[str, ...], came_from: dict[str, tuple[str, ...]]) -> bool:
    seen: set[tuple[str, ...]] = set()
    todo = [states]
    while todo:
        at = todo.pop()
        if edition.ended(at):
            return True
        if at in seen:
            continue
        seen.add(at)
        for rule, place in edition.leaving(at):
            back = came_from.get(place, ())
            if rule.target != "=previous" or back:
                todo.append(move(edition, at, rule, place, back))
    return False
