"""The move of a case to a state by two persons, as the track tells it: what one of them asks for, and what was made of it last.

Both stand among what fired on the track, by names that no transition can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from casework.engine.state.case import Fired, Track
from casework.engine.state.events import MOVE_ASKED, MOVED, Event

#: Among what fired: a move that is asked for, and the one that was made last.
ASKED, MADE = "=move_asked", "=moved"


@dataclass(frozen=True, slots=True)
class AskedMove:
    """A move that one person asks for and another one decides on."""

    seq: int
    actor: str
    acting_for: str | None
    to: str


def asked_move(track: Track) -> AskedMove | None:
    """The move that waits for a second person."""
    asked = track.fired.get(ASKED)
    if asked is None:
        return None
    return AskedMove(asked.data["seq"], asked.actor, asked.acting_for, asked.data["to"])


def moved_from(track: Track) -> tuple[str, ...] | None:
    """From where the last move took it, while no step was done since; None where nothing can be taken back.

    What took one back is not taken back itself: the way on is asked again what it asks of law.
    """
    made = track.fired.get(MADE)
    if (
        made is None
        or "back" in made.data
        or any(one.at > made.at for name, one in track.fired.items() if name not in (ASKED, MADE))
    ):
        return None
    return tuple(made.data["from"]) if made.at == track.entered_at else None


def fired_after(track: Track, event: Event) -> Mapping[str, Fired]:
    """What has fired on a track after an event of its own; what is asked for lapses once the track stands elsewhere."""
    fired = dict(track.fired)
    if event.kind == MOVE_ASKED:
        data = {"seq": event.seq, "to": event.effects["move"]["to"]}
        fired[ASKED] = Fired(1, event.at, event.actor, event.acting_for, data)
        return fired
    fired.pop(ASKED, None)
    if event.kind == MOVED:
        times = fired[MADE].count + 1 if MADE in fired else 1
        told: dict[str, Any] = {"from": list(event.frm)}
        if event.effects["move"].get("back"):
            told["back"] = True
        fired[MADE] = Fired(times, event.at, event.actor, event.acting_for, told)
    return fired


__all__ = ["ASKED", "MADE", "AskedMove", "asked_move", "fired_after", "moved_from"]
