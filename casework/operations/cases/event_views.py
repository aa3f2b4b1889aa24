"""The history of a case, as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonMapping
from casework.operations.core.event_views import EventPaper, EventView, PartyPaper
from casework.operations.core.views import Named


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseEvent:
    """An event in a part of a history."""

    #: Its place among those that the reader sees.
    position: int
    at: str
    kind: str
    #: Which transition fired, or what else it was about.
    what: str | None
    #: The same for people to read, after a name.
    done: str | None
    track: str | None
    from_: list[str] | None
    to: list[str] | None
    #: Of another office only its role.
    actor: Named
    role: str | None
    documents: list[EventPaper | PartyPaper]
    #: Which version of a document it filed.
    version: int | None
    #: What the form said that rules read.
    data: JsonMapping
    #: When it took place, where it was recorded afterwards.
    happened_on: str | None
    #: What else the form said.
    body: JsonMapping
    #: Fields of the body that have been erased.
    erased: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class CorrectedCaseEvent(CaseEvent):
    """The correction of an answer."""

    before_data: JsonMapping


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeCaseEvent(CaseEvent):
    """An event to whoever reads the whole history."""

    seq: int
    acting_for: Named | None
    organisation: str | None
    #: seq of the event that brought it about.
    because: int | None
    edition: str | None
    effects: JsonMapping
    hash: str
    #: hash of the event before.
    prev: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeCorrectedCaseEvent(WholeCaseEvent):
    """The correction of an answer to whoever reads the whole history."""

    before_data: JsonMapping


#: An event to whom it may be shown, corrected or not.
AnyCaseEvent = CaseEvent | CorrectedCaseEvent | WholeCaseEvent | WholeCorrectedCaseEvent


@dataclass(frozen=True, kw_only=True, slots=True)
class RecentEvent(EventView):
    """One of the newest events of a case."""

    seq: int
    at: str
    track: str | None
    acting_for: Named | None
    happened_on: str | None
