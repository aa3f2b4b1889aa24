"""The form that somebody of a script has to fill in."""

from __future__ import annotations

from dataclasses import dataclass

from casework.engine.definition.editions import Edition
from casework.engine.state.case import Track


@dataclass(frozen=True)
class Sheet:
    """A form that somebody has to fill in."""

    edition: Edition
    name: str | None
    track: Track
    who: str
    action: str
    #: The party that a task is about, and the one that answers itself.
    about: str | None = None
    says: str | None = None


__all__ = ["Sheet"]
