"""Who one is, and by what one signs in, as it is handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldRole:
    """A role that somebody holds."""

    role: str
    programme: str | None
    organisation: str | None
    deputy_for: str | None
    ends_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Me:
    """Who the actor is, and in which roles."""

    id: str
    name: str
    language: str | None
    roles: list[HeldRole]
    scopes: list[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """A token of the actor, without its secret."""

    id: str
    name: str
    scopes: list[str]
    created_at: str
    expires_at: str | None
    revoked_at: str | None
    #: The last use, to within five minutes.
    used_at: str | None
    live: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Session:
    """Where the actor is signed in."""

    id: str
    created_at: str
    seen_at: str
    expires_at: str
    #: Browser and address, as they said.
    about: JsonObject


@dataclass(frozen=True, kw_only=True, slots=True)
class Passkey:
    """A passkey of the actor."""

    id: str
    name: str
    created_at: str
    used_at: str | None
    #: Somebody may have copied it: its counter went back.
    copied: bool
