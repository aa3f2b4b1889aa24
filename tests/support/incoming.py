"""A provider's own system as it sends signed messages to the application."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Connection, text
from werkzeug.test import TestResponse

from casework.operations.integrations.incoming_webhooks import create_incoming
from casework.operations.integrations.service_account_scopes import SCOPES
from casework.operations.integrations.service_accounts import create_service_account
from casework.operations.integrations.webhook_signatures import sign
from casework.records.database import transaction
from tests.support.world import World, new_request

Json = Any


@dataclass(frozen=True)
class Sender:
    """What a system needs to know to send a message: the address and its secret."""

    app: Flask
    incoming: str
    secret: str
    account: str

    def send(
        self,
        type: str,
        *,
        id: str = "",
        late: timedelta = timedelta(0),
        body: bytes | None = None,
        signature: str | None = None,
        **data: Json,
    ) -> TestResponse:
        """Send a message of this type, signed `late` ago."""
        raw = json.dumps({"type": type, "data": data}).encode() if body is None else body
        with transaction(self.app.extensions["casework"]) as db:
            now: datetime = db.execute(text("SELECT casework_now()")).scalar_one()
        moment, id = int((now - late).timestamp()), id or f"msg_{uuid.uuid4().hex}"
        headers = {
            "webhook-id": id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature or sign([self.secret], id, moment, raw.decode()),
            "Content-Type": "application/json",
        }
        return self.app.test_client().post(f"/hooks/in/{self.incoming}", data=raw, headers=headers)

    def knowing(self, secret: str) -> Sender:
        return replace(self, secret=secret)


def open_incoming(
    app: Flask,
    db: Connection,
    world: World,
    *,
    lead: str = "provider_lead",
    lab: str = "lab",
    scopes: tuple[str, ...] = (),
) -> Sender:
    """A service account with all scopes unless told, and an address for its messages."""
    actor = world.actor(db, lead)
    account = create_service_account(
        db,
        actor,
        organisation=world.organisations[lab],
        name="LIMS",
        scopes=list(scopes or SCOPES),
        days=30,
        request=new_request(),
    ).answer["id"]
    box = app.extensions["casework.secret_box"]
    made = create_incoming(db, actor, box, account=account, request=new_request()).answer
    return Sender(app, made["id"], made["secret"], account)
