"""Erasures as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.operations.core.views import Named
from casework.reasons import Why


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureRow:
    """An erasure, as a list has it."""

    id: str
    programme: str
    person: Named | None
    #: One of BASES.
    basis: str
    #: One of STATES.
    state: str
    asked_by: Named
    asked_at: str
    decided_by: Named | None
    decided_at: str | None
    done_at: str | None
    #: When it is carried out at the latest.
    due_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureDetails(ErasureRow):
    """One erasure with why it was asked for."""

    #: Null once done.
    words: list[str] | None
    #: Null once done, where it named the person.
    reason: str | None
    #: Whether you may decide on it now.
    decides: bool
    #: How many texts of the history name the person; null once decided.
    texts: int | None
    #: What stands against it now, and until when.
    kept: list[Why]
