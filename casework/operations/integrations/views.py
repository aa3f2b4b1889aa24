"""Service accounts, webhooks and their messages as they are handed out."""

from __future__ import annotations

from dataclasses import dataclass

from casework.json_values import JsonObject
from casework.operations.core.views import NamedInBoth, Names


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceAccount:
    """An account of an organisation's own system."""

    id: str
    name: str
    organisation: NamedInBoth
    scopes: list[str]
    live: bool
    made_at: str
    made_by: Names
    expires_at: str
    ended_at: str | None
    #: The last use, to within five minutes.
    used_at: str | None
    #: Until then the token before the last one holds too.
    both_until: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """Where an organisation's own system is told."""

    id: str
    organisation: NamedInBoth
    url: str
    #: Whether it is told the published checkpoint once an hour, too.
    checkpoints: bool
    made_at: str
    ended_at: str | None
    #: Until then the secret before signs too.
    both_until: str | None
    #: Messages that are still to be delivered.
    waiting: int
    #: Messages that were given up.
    failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointMessage:
    """A message to an endpoint, with every attempt."""

    #: Sent as webhook-id, with msg_ before it.
    id: str
    #: Workflow and transition: referral.send.
    type: str
    #: queued, delivered, failed or cancelled.
    state: str
    made_at: str
    send_at: str | None
    #: Each attempt: at, what.
    tries: list[JsonObject]
