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
class IncomingWebhook:
    """Where an organisation's own system says what it does."""

    id: str
    organisation: NamedInBoth
    #: The service account that does it, and its name.
    account: str
    name: str
    #: Of its address, below that of the installation.
    path: str
    #: Whether messages are taken there now.
    live: bool
    #: Whether whoever looks leads its organisation.
    mine: bool
    made_at: str
    ended_at: str | None
    #: Until then the secret before is good too.
    both_until: str | None
    #: Messages that were done, and that were refused and have not come again.
    done: int
    refused: int
    last_at: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class IncomingMessage:
    """A message that came, however often, and what came of it."""

    id: str
    #: Its webhook-id.
    message: str
    type: str
    #: None for administrators.
    referral: str | None
    reference: str | None
    #: done or refused.
    state: str
    status: int
    #: Why it was refused last.
    code: str
    attempts: int
    made_at: str
    last_at: str


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
