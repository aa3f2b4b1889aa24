"""What operations hand out of the move of a case to a state by two persons."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import Named
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class MovePlace:
    """A state of the case's workflow, and what speaks against a move there; nothing where it may be moved."""

    state: str
    against: list[Why]


@dataclass(frozen=True, kw_only=True, slots=True)
class MoveForeseen:
    """What a move brings about by itself, in keys of the texts of its edition."""

    to: str
    #: The tasks that end, and those that begin.
    ends: list[str]
    begins: list[str]
    #: What was proposed and lapses, and what begins beside.
    lapses: list[str]
    opens: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class WaitingMove:
    """A move that one person proposed and another one decides on."""

    #: The event that tells of it, which whoever decides names.
    asked: int
    to: str
    by: Named
    at: str
    reason: str | None
    #: The reader proposed it, or had it proposed in their name, and takes it back alone.
    own: bool
    #: What the law has against it by now.
    against: list[Why]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseMoves:
    """Where a case stands, and where to two persons may move it."""

    number: str
    title: str | None
    #: Fingerprint of the main track's edition.
    edition: str
    states: list[str]
    #: What whoever proposes has seen.
    revision: int
    #: The reader may propose one.
    asks: bool
    waiting: WaitingMove | None
    places: list[MovePlace]
    #: Of the state that was asked about, or that waits.
    foreseen: MoveForeseen | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LastMove:
    """That a case was moved by two persons, and how often; from where it was moved last."""

    times: int
    at: str
    states: list[str]


__all__ = ["CaseMoves", "LastMove", "MoveForeseen", "MovePlace", "WaitingMove"]
