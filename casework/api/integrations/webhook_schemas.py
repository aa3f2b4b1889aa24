"""The schemas of webhooks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id
from casework.api.protocol.schemas import NamedInBoth


class NewWebhook(Body):
    organisation: Annotated[Id, Field(description="One that you lead")]
    url: Annotated[str, Field(min_length=1, max_length=500, description="https, of a public host, without a user name")]
    checkpoints: Annotated[bool, Field(description="Be told the published checkpoint of the log once an hour, too")] = (
        False
    )


class WebhookMade(Answer):
    id: str
    url: str | None = None
    secret: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class Webhook(Answer):
    id: str
    organisation: NamedInBoth
    url: str
    checkpoints: Annotated[bool, Field(description="Whether it is told the published checkpoint once an hour, too")]
    made_at: str
    ended_at: str | None
    both_until: Annotated[str | None, Field(description="Until then the secret before signs too")]
    waiting: Annotated[int, Field(description="Messages that are still to be delivered")]
    failed: Annotated[int, Field(description="Messages that were given up")]


class WebhookPage(Answer):
    items: list[Webhook]
    next: str | None = None


class WebhookTry(Answer):
    at: str
    what: str


class WebhookMessage(Answer):
    id: Annotated[str, Field(description="Sent as webhook-id, with msg_ before it")]
    type: Annotated[str, Field(description="Workflow and transition: referral.send; or log.checkpoint")]
    state: Literal["queued", "delivered", "failed", "cancelled"]
    made_at: str
    send_at: str | None
    tries: list[WebhookTry]


class WebhookMessagePage(Answer):
    items: list[WebhookMessage]
    next: str | None = None
