"""Who one is, and by what one signs in, as it is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from casework.json_values import JsonObject
from casework.permissions.actors import Actor


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


@dataclass(frozen=True)
class Scope:
    """A programme or organisation in which the viewer has a role."""

    id: str
    name: str
    name_zh: str | None
    #: What a programme's case numbers begin with; an organisation has none.
    code: str | None = None


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page: the actor, and how that person wants pages to be."""

    actor: Actor
    session: str
    awaits: str | None
    #: What the person is called in their own language.
    name: str
    email: str
    zone: str
    theme: str
    single_keys: bool
    #: Whether an app is set up, and how many passkeys there are.
    app: bool
    passkeys: int
    #: How long ago the person showed who that is.
    proved: timedelta
    #: Whether there is anything among what the person was told that is not marked as read.
    unread: bool
    programmes: tuple[Scope, ...]
    organisations: tuple[Scope, ...]
    #: The programme that this session's lists show; none: all of them.
    focus: Scope | None
    #: Whether the person has put away what their home says on the first day.
    tour_seen: bool
    #: By list the columns that the person has chosen.
    list_columns: Mapping[str, list[str]]
