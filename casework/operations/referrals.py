"""Referrals as those work on them who know only the referral: its own steps and those of the service below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.cases import Track
from casework.errors import NotFound
from casework.operations.cases import add_task, fire_transition
from casework.operations.overview import find_referral, list_events
from casework.operations.requests import Done, Request
from casework.permissions import Actor

Json = Any


def fire_in_referral(
    db: Connection, actor: Actor, referral: str, transition: str, *, track: str | None, data: Mapping[str, Json],
    revision: int, request: Request, reason: str | None = None, happened_on: str | None = None,
) -> Done:  # fmt: skip
    """Fire a transition of a referral or, where the name is the service's, of the service's track below it."""
    case, above = find_referral(db, actor, referral)
    chosen = track or _where([above, *case.children(above.id)], transition)
    if chosen not in {above.id, *(one.id for one in case.children(above.id))}:
        raise NotFound("referral")
    return fire_transition(
        db, actor, case.log, case.kind, chosen, transition, data=data, revision=revision, request=request,
        reason=reason, happened_on=happened_on,
    )  # fmt: skip


def _where(tracks: list[Track], transition: str) -> str:
    """The track that can fire it where it stands; else the first whose workflow knows it at all."""
    library = load_library()
    knowing = [one for one in tracks if library[one.edition].has(transition)]
    if not knowing:
        raise NotFound("action")
    standing = [one for one in knowing if library[one.edition].find(transition, one.states) is not None]
    return (standing or knowing)[0].id


def add_task_in_referral(
    db: Connection, actor: Actor, referral: str, task: str, *, track: str | None, about: str | None, request: Request
) -> Done:
    """Add a task to a referral or to the service below it, from the list that its workflow allows."""
    case, above = find_referral(db, actor, referral)
    below = case.children(above.id)
    if track is not None and track not in {above.id, *(one.id for one in below)}:
        raise NotFound("referral")
    library = load_library()
    chosen = track or next(
        (
            one.id
            for one in [above, *below]
            if any(library[one.edition].tasks[o["task"]].name == task for o in library[one.edition].rules["on_request"])
        ),
        above.id,
    )
    return add_task(db, actor, case.log, case.kind, chosen, task, about=about, request=request)


def list_referral_events(
    db: Connection, actor: Actor, referral: str, *, cursor: str | None = None, limit: int | None = None
) -> dict[str, Json]:
    """The history of a referral and the service below it, as far as the actor sees it."""
    case, above = find_referral(db, actor, referral)
    only = [above.id, *(one.id for one in case.children(above.id))]
    return list_events(db, actor, case, only=only, cursor=cursor, limit=limit)
