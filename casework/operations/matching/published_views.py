"""What of needs and technologies is handed out to whoever has no account."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from casework.json_values import JsonMapping


@dataclass(frozen=True, kw_only=True, slots=True)
class Office:
    """A programme that shows its catalogue in public, and where its office is asked."""

    id: str
    code: str
    name: str
    name_zh: str | None
    contact: str | None
    contact_zh: str | None
    email: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """A need or a technology as far as it is published; of one that is shown on request its outline alone."""

    id: str
    programme: str
    title: str
    title_zh: str | None
    #: Whether its owner has others ask before they read more.
    on_request: bool
    #: What it says, by field, in the order of the record.
    fields: JsonMapping
    #: Of these the ones that the office has checked.
    checked: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedList:
    """A part of what is published, and what the whole of it may be narrowed to."""

    items: list[Published]
    #: The cursor of the part after it; None where there is none.
    next: str | None
    records: int
    #: There are so many at least.
    at_least: bool
    #: How many of them all parts of the list have: of a search those alone that fit best.
    listed: int = 0
    #: By name the values by which it may be narrowed; an empty one is that it is not known.
    facets: dict[str, list[Any]] = field(default_factory=dict)


__all__ = ["Office", "Published", "PublishedList"]
