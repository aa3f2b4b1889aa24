"""What operations hand out of the providers that a programme asks."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedProvider:
    """A provider, as a programme asks it or not."""

    id: str
    name: str
    name_zh: str | None
    #: Empty where it stands on the list and takes no requests.
    services: list[str]
    #: Whether new requests may go to it.
    asked: bool
    #: Since when it stands on the programme's list; none where it does not.
    since: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ProgrammeProviders:
    """Every provider, and which of them a programme asks."""

    id: str
    #: Of the newest change; whoever changes them says so with it.
    version: int
    #: Whether it asks every provider, and keeps no list.
    every: bool
    items: list[ListedProvider]
    #: Whether who asks may change it.
    mine: bool


__all__ = ["ListedProvider", "ProgrammeProviders"]
