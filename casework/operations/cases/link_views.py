"""What people are shown of how cases are linked."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseLink:
    """A link to another case of the programme."""

    id: str
    #: Of the other case, and what that is to this one.
    number: str
    kind: str


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkedCase(CaseLink):
    """The same, with how the other case stands."""

    title: str | None
    #: Of its main track.
    edition: str
    state: str
    outcome: str | None
    #: us, provider, outside or hold; nobody once it is closed.
    waits_for: str
    #: Its contents were removed under retention.
    removed: bool


__all__ = ["CaseLink", "LinkedCase"]
