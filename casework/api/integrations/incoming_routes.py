"""Webhooks that come in: where a provider's own system says what it does, and what came. For the lead of a provider."""

from __future__ import annotations

from casework.api.integrations import incoming_schemas as schemas
from casework.api.protocol import fields
from casework.api.protocol import schemas as shared
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.integrations import incoming_webhooks
from casework.operations.integrations.views import IncomingMessage, IncomingWebhook


def list_incoming_webhooks(call: Call) -> Page[IncomingWebhook]:
    return incoming_webhooks.list_incoming(call.db, call.actor)


def create_incoming_webhook(call: Call) -> Done:
    return incoming_webhooks.create_incoming(
        call.db, call.actor, secret_box(), account=str(call.body.account), request=call.request
    )


def rotate_incoming_webhook(call: Call) -> Done:
    return incoming_webhooks.rotate_incoming(call.db, call.actor, secret_box(), call.path["incoming"], call.request)


def end_incoming_webhook(call: Call) -> Done:
    return incoming_webhooks.end_incoming(call.db, call.actor, call.path["incoming"], call.request)


def list_incoming_webhook_messages(call: Call) -> Page[IncomingMessage]:
    return incoming_webhooks.list_incoming_messages(
        call.db, call.actor, call.path["incoming"], cursor=call.query.cursor, limit=call.query.limit
    )


_ALL, _ONE = "/incoming-webhooks", "/incoming-webhooks/{incoming}"

ROUTES: tuple[Route, ...] = (
    get(_ALL, list_incoming_webhooks, "List where your organisation's own system says what it does", schemas.IncomingWebhookPage,
        for_some=True, noun="endpoint"),
    post(_ALL, create_incoming_webhook, "Open an address for the messages of a service account; its secret is shown this once",
        schemas.IncomingWebhookMade, body=schemas.NewIncomingWebhook, status=201, noun="endpoint"),
    post(f"{_ONE}/rotate", rotate_incoming_webhook, "Make a new secret; the one before is good beside it for a day",
        schemas.IncomingWebhookMade, noun="endpoint"),
    post(f"{_ONE}/end", end_incoming_webhook, "Take nothing there any more", shared.Made, noun="endpoint"),
    get(f"{_ONE}/messages", list_incoming_webhook_messages, "List what came there, and what came of it", schemas.IncomingMessagePage,
        query=fields.Paged, noun="endpoint"),
)  # fmt: skip
