"""The verdict on a case as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class VerdictFault:
    """Something that is wrong with a history or its rows."""

    kind: str
    sentence: str
    #: seq of the event, where it is about one.
    event: int | None
    table: str | None
    row: str | None
    column: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """What was found of the history of one case."""

    number: str
    verified_at: str
    events: int
    #: The chain holds, and the rows are what the events add up to.
    whole: bool
    #: Every event was allowed when it was recorded.
    allowed: bool
    faults: list[VerdictFault]


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedCase:
    """How far the history of a case is verified."""

    number: str
    title: str | None
    #: wrong, changed, unread or whole
    state: str
    #: Of its history, now.
    entries: int
    #: seq of the last entry that was read; None where none was.
    verified_to: int | None
    verified_at: str | None
    faults: list[VerdictFault]


@dataclass(frozen=True, kw_only=True, slots=True)
class VerifiedNight:
    """A night in which everything was verified."""

    at: str
    #: What belongs to no history is whole.
    whole: bool
