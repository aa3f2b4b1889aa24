"""What a move to another edition makes of tracks, tasks and clocks: each keeps its id and its days, and is the other edition's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from casework.engine.state.case import Clock, Task, Track
from casework.engine.state.copies import replace
from casework.engine.state.events import Event
from casework.engine.state.migration_effects import Migration


def tracks_moved(tracks: Mapping[str, Track], migration: Migration, event: Event) -> Mapping[str, Track]:
    after = dict(tracks)
    for one in migration["tracks"]:
        track = after[one["id"]]
        changed: dict[str, Any] = {"edition": migration["to"], "revision": track.revision + 1}
        changed["states"] = tuple(one["states"])
        if "came_from" in one:
            changed["came_from"] = {state: tuple(before) for state, before in one["came_from"]["now"].items()}
        after[one["id"]] = replace(track, **changed)
    return after


def tasks_moved(tasks: Mapping[str, Task], migration: Migration, event: Event) -> Mapping[str, Task]:
    after = dict(tasks)
    for one in migration["tasks"]:
        after[one["id"]] = replace(after[one["id"]], edition=migration["to"], **one["now"])
    return after


def clocks_moved(clocks: Mapping[str, Clock], migration: Migration, event: Event) -> Mapping[str, Clock]:
    after = dict(clocks)
    for one in migration["clocks"]:
        after[one["id"]] = replace(after[one["id"]], of=one["of"])
    return after


__all__ = ["clocks_moved", "tasks_moved", "tracks_moved"]
