"""The verdict on a case, and what witnesses have seen of the log, as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import Named


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


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessAlarm:
    """A witness has signed another tree than the one that is here."""

    #: other_root or longer
    kind: str
    #: Leaves of the tree that it signed.
    size: int
    #: A key of this log signed that tree, too.
    signed_by_log: bool
    found_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WitnessRow:
    """Who signs what it has seen of the log, and what it has seen last."""

    id: str
    name: str
    key: str
    named_by: Named
    named_at: str
    ended_by: Named | None
    ended_at: str | None
    #: Leaves of the tree that it signed last, and when; None where it has signed none.
    size: int | None
    signed_at: str | None
    alarms: list[WitnessAlarm]


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyRotation:
    """A key of the log that was followed by another, each by its id; when, and how many leaves the tree had that both signed."""

    old_key: str
    new_key: str
    size: int
    at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenBy:
    """A witness that signed a checkpoint, and when."""

    witness: str
    name: str
    signed_at: str


@dataclass(frozen=True, kw_only=True, slots=True)
class SeenCheckpoint:
    """A checkpoint, and who has signed it."""

    origin: str
    size: int
    #: Base64.
    root: str
    #: The minute in which it was the last one.
    made_at: str
    witnesses: list[SeenBy]
