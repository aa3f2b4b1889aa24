"""The schemas of webhooks that come in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from casework.api.protocol.fields import Answer, Body, Id
from casework.api.protocol.schemas import NamedInBoth


class NewIncomingWebhook(Body):
    account: Annotated[Id, Field(description="The service account that does what its messages ask for")]


class IncomingWebhookMade(Answer):
    id: str
    path: Annotated[str, Field(description="Where messages are sent, below the address of this installation")]
    secret: Annotated[str | None, Field(description="The secret: in the first answer only")] = None


class IncomingWebhook(Answer):
    id: str
    organisation: NamedInBoth
    account: str
    name: Annotated[str, Field(description="Of the service account")]
    path: str
    live: Annotated[bool, Field(description="Whether messages are taken there now")]
    mine: Annotated[bool, Field(description="Whether you lead its organisation")]
    made_at: str
    ended_at: str | None
    both_until: Annotated[str | None, Field(description="Until then the secret before is good too")]
    done: int
    refused: Annotated[int, Field(description="Messages that were refused and have not come again")]
    last_at: str | None


class IncomingWebhookPage(Answer):
    items: list[IncomingWebhook]
    next: str | None = None


class IncomingMessage(Answer):
    id: str
    message: Annotated[str, Field(description="Its webhook-id")]
    type: Annotated[str, Field(description="Empty where that could not be read")]
    referral: Annotated[str | None, Field(description="Null for administrators")]
    reference: Annotated[str | None, Field(description="What the sender calls that referral")]
    state: Literal["done", "refused"]
    status: Annotated[int, Field(description="What was answered")]
    code: Annotated[str, Field(description="Why it was refused last")]
    attempts: Annotated[int, Field(description="How often it came")]
    made_at: str
    last_at: str


class IncomingMessagePage(Answer):
    items: list[IncomingMessage]
    next: str | None = None
