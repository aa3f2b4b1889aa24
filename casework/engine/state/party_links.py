"""A one-time link by which a party answers, as its case knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class PartyLink:
    """A one-time link by which a party answers one task without an account."""

    id: str
    task: str
    party: str
    organisation: str
    given_by: str
    given_at: datetime
    until: datetime
    language: str
    #: The documents that it shows, and the providers that it asks about.
    documents: tuple[str, ...]
    providers: tuple[str, ...]
    code: bool
    mail: bool
    #: "open", "used" or "revoked"; open counts until its end, and while its task is open.
    state: str = "open"
    ended_at: datetime | None = None


__all__ = ["PartyLink"]
