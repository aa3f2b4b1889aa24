"""What operations hand out of moves to another edition."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.execution.migrations import Outcome
from casework.reasons import Reason


@dataclass(frozen=True, kw_only=True)
class CaseVerdict:
    """What becomes of one case, or became of it."""

    id: str
    number: str
    outcome: Outcome
    why: tuple[Reason, ...]
    #: The event that told of it; None where nothing was done.
    event: int | None = None


@dataclass(frozen=True, kw_only=True)
class MovedCase:
    """A case that a plan has moved, and the event that told of it."""

    id: str
    number: str
    event: int


__all__ = ["CaseVerdict", "MovedCase"]
