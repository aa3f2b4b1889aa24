"""Webhooks: where a provider's own system wants to be told, and what became of it. For the lead of a provider."""

from __future__ import annotations

from flask import current_app

from casework.api.integrations import webhook_schemas as schemas
from casework.api.protocol import fields
from casework.api.protocol import schemas as shared
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, get, post
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page
from casework.operations.integrations import webhooks
from casework.operations.integrations.views import Endpoint, EndpointMessage


def list_webhooks(call: Call) -> Page[Endpoint]:
    return webhooks.list_endpoints(call.db, call.actor)


def create_webhook(call: Call) -> Done:
    return webhooks.create_endpoint(
        call.db,
        call.actor,
        secret_box(),
        organisation=str(call.body.organisation),
        url=call.body.url,
        checkpoints=call.body.checkpoints,
        inside=current_app.config["WEBHOOK_INSIDE"],
        hosts=current_app.config["WEBHOOK_HOSTS"],
        request=call.request,
    )


def rotate_webhook(call: Call) -> Done:
    return webhooks.rotate_secret(call.db, call.actor, secret_box(), call.path["endpoint"], call.request)


def end_webhook(call: Call) -> Done:
    return webhooks.end_endpoint(call.db, call.actor, call.path["endpoint"], call.request)


def list_webhook_messages(call: Call) -> Page[EndpointMessage]:
    return webhooks.list_messages(
        call.db, call.actor, call.path["endpoint"], cursor=call.query.cursor, limit=call.query.limit
    )


def replay_webhook_message(call: Call) -> Done:
    return webhooks.replay_message(call.db, call.actor, call.path["message"], call.request)


_ONE = "/webhooks/{endpoint}"

ROUTES: tuple[Route, ...] = (
    get("/webhooks", list_webhooks, "List where your organisation's own system is told of what moves in its referrals",
        schemas.WebhookPage, for_some=True),
    post("/webhooks", create_webhook, "Name an https address to be told; its secret is shown this once", schemas.WebhookMade,
        body=schemas.NewWebhook, status=201),
    post(f"{_ONE}/rotate", rotate_webhook, "Make a new secret; the one before signs beside it for a day", schemas.WebhookMade),
    post(f"{_ONE}/end", end_webhook, "Send nothing there any more", shared.Made),
    get(f"{_ONE}/messages", list_webhook_messages, "List what was sent there, with every attempt", schemas.WebhookMessagePage,
        query=fields.Paged),
    post("/webhooks/messages/{message}/replay", replay_webhook_message, "Send a message once more; its webhook-id stays", shared.Made),
)  # fmt: skip
