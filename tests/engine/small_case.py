"""A case put together by hand, with the tracks and tasks that a question is about, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from casework.engine.parts import ACCEPTS, REFERRAL, SENDS
from casework.engine.state.case import READY, Case, Fired, Task, Track
from tests.engine.toys import START


def at(days: int) -> datetime:
    return START + timedelta(days=days)


def fired(days: int = 0, *, by: str = "officer-1", count: int = 1, **data: Any) -> Fired:
    return Fired(count, at(days), by, None, data)


def track(id: str, state: str = "a", **more: Any) -> Track:
    """A track of a workflow and of an edition that are called as it is, unless another is named."""
    plain = Track(id, id, id, id, None, None, (state,), START, START)
    return replace(plain, **more)


def referral(id: str, kind: str = "fix", plays: Iterable[str] = (SENDS, ACCEPTS), **more: Any) -> Track:
    """A request; `plays` are its parts that have played."""
    played = {part: part for part in plays}
    return track(id, **({"part": REFERRAL, "kind": kind, "provider": "lab", "played": played} | more))


def task(name: str, **more: Any) -> Task:
    """A side task of the office on the main track, which waits."""
    id = str(more.pop("id", name))
    plain = Task(id, "main", name, "main", name, "side", "officer", None, READY, START, None)
    return replace(plain, **more)


def case(*tracks: Track, tasks: Iterable[Task] = (), **more: Any) -> Case:
    """A case of these tracks, with one called "main" before them where the first is not it."""
    main = () if tracks and tracks[0].id == "main" else (track("main"),)
    made = Case(
        "log", "case", "programme", 1, START, START, tracks=dict(by_id(*main, *tracks)), tasks=dict(by_id(*tasks))
    )
    return replace(made, **more)


def by_id(*things: Any) -> Mapping[str, Any]:
    return {thing.id: thing for thing in things}
