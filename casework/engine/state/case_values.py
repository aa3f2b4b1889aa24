"""Small values inside a case that are stored as JSON."""

from __future__ import annotations

from typing import Any, NotRequired

from typing_extensions import TypedDict


class Receipt(TypedDict):
    """Of a transition, how often and when last the other side has signed for it."""

    count: int
    at: str


class StandingObjection(TypedDict):
    """What one side does not agree with, how it stands, and who raised it."""

    what: str
    side: str
    to: str
    by: NotRequired[str]
    acting_for: NotRequired[str | None]


class Handed(TypedDict):
    """How a task came to whom it is with, and the `seq` of the event whose body holds the note."""

    how: str
    by: str
    to: str | None
    seq: int
    #: By which rule, where a queue allocated it.
    why: NotRequired[list[str]]
    #: Of a review: which one it is, and the `seq` of the event whose body holds the words of the form.
    round: NotRequired[int]
    form: NotRequired[int]


#: For whom a person lets a task wait, until which day, and the `seq` of the event that says why.
Waiting = TypedDict("Waiting", {"for": str, "until": str, "seq": int})


class ItemState(TypedDict):
    """An item of a checklist that somebody has touched; of an added one the `seq` of the event that holds its words."""

    done: bool
    by: str
    at: str
    seq: NotRequired[int]


class Routed(TypedDict):
    """What a programme's routing table said of a task: which version, what was asked, which rows hold, and what these decide."""

    version: int
    inputs: dict[str, Any]
    hits: list[int]
    outputs: list[dict[str, Any]]


__all__ = ["Handed", "ItemState", "Receipt", "Routed", "StandingObjection", "Waiting"]
