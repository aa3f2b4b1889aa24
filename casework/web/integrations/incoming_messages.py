"""Messages of providers' own systems as they come: signed, without an account's token and without a form.

What a message asks for is what a route of the API does, by the account that the address belongs to: the route's scope, its schema
and its operation, and nothing beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from flask import Blueprint, Response, abort, current_app, g, request
from pydantic import Field
from sqlalchemy import Connection

from casework import reasons
from casework.api import ROUTES, respond
from casework.api.protocol.errors import status_of
from casework.api.protocol.fields import Body
from casework.api.protocol.requests import parse_json, read_body
from casework.api.protocol.routes import Call, Route
from casework.api.protocol.service_account_scopes import insist_scope
from casework.errors import CaseworkError, InvalidForm, NotFound, NotSignedByYou
from casework.json_values import JsonObject, is_id
from casework.operations.core.idempotency import Done, Request
from casework.operations.integrations.incoming_webhooks import Came, Deed, find_meant, insist_signed, take_message
from casework.operations.integrations.webhook_signatures import Signed
from casework.permissions.actors import Actor
from casework.reasons import Why
from casework.records.database import reader_transaction
from casework.web.shell.security_log import note
from casework.web.shell.session import secret_box

blueprint = Blueprint("incoming_messages", __name__)

#: A message says what was done, and brings no files.
MOST_BYTES = 65_536
#: What moves a referral, or its service's track below it: "referral." and the transition, as messages that go out have it.
MOVE = "referral."
_BY_NAME: Mapping[str, Route] = {route.name: route for route in ROUTES}
#: By type the route whose operation does it. What is read, and files, are for the API.
DEEDS: Mapping[str, Route] = {
    type: _BY_NAME[name]
    for type, name in {
        "message.write": "write_shared_message",
        "receipt.sign": "confirm_receipt",
        "document.enter": "enter_referral_document",
        "task.add": "add_referral_task",
        "task.claim": "claim_task",
        "task.release": "release_task",
        "task.start": "start_task",
        "task.stop": "stop_task",
        "task.complete": "complete_task",
    }.items()
}


class IncomingMessage(Body):
    """What a body holds; `data` is the body of the route, with what it is about."""

    type: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[a-z_]+\.[a-z_]+$")]
    timestamp: Annotated[str | None, Field(max_length=40, description="When it happened there; not read")] = None
    data: JsonObject = {}


@dataclass(frozen=True)
class Asked:
    """What a message asks for: the route, and what is told beside its body."""

    type: str
    route: Route
    transition: str | None
    #: What it is about: referral, case, reference, task, revision.
    about: Mapping[str, Any]
    body: JsonObject


@blueprint.post("/hooks/in/<uuid:incoming>")
def take(incoming: UUID) -> Response:
    """Do what a signed message asks for, once."""
    raw = request.get_data()
    if len(raw) > MOST_BYTES:
        abort(413)
    given = request.headers
    signature = given.get("webhook-signature", "")[:2_000]
    message = Signed(given.get("webhook-id", ""), given.get("webhook-timestamp", ""), signature, raw)
    with reader_transaction(current_app.extensions["casework"]) as db:
        try:
            actor = insist_signed(db, secret_box(), str(incoming), message)
        except NotSignedByYou:
            note("unsigned_message")
            raise
        # For the security log, and for what auditors read.
        g.asker = actor
        came = _take(db, actor, str(incoming), message)
    # Only now: that it was refused is kept.
    if came.done is None:
        assert came.refusal is not None
        raise came.refusal
    return respond(came.done)


def _take(db: Connection, actor: Actor, incoming: str, message: Signed) -> Came:
    asked, unread = None, None
    try:
        asked = read_message(message.body)
    except CaseworkError as refusal:
        unread = refusal

    def do(request: Request) -> Deed:
        if asked is None:
            assert unread is not None
            raise unread
        return _do(db, actor, incoming, asked, request)

    return take_message(db, incoming, message, do, type="" if asked is None else asked.type, status_of=status_of)


def read_message(raw: bytes) -> Asked:
    """What a body asks for. Raises Unreadable, InvalidForm."""
    message: IncomingMessage = read_body(IncomingMessage, parse_json(raw))
    data = dict(message.data)
    transition = message.type.removeprefix(MOVE) if message.type.startswith(MOVE) else None
    route = _BY_NAME["fire_referral_transition"] if transition else DEEDS.get(message.type)
    if route is None:
        raise InvalidForm(fields={"type": reasons.integrations.MESSAGE_TYPE})
    names = ("task",) if "task" in route.parameters else ("referral", "case", "reference")
    about = {name: data.pop(name) for name in names if name in data}
    faults: dict[str, Why] = {name: reasons.fields.TEXT for name, value in about.items() if not isinstance(value, str)}
    if route.if_match:
        about["revision"] = data.pop("revision", None)
        if not isinstance(about["revision"], int) or isinstance(about["revision"], bool):
            faults["revision"] = reasons.fields.REQUIRED
    if not about.keys() & set(names):
        faults[names[0]] = reasons.fields.REQUIRED
    if faults:
        raise InvalidForm(fields=faults)
    return Asked(message.type, route, transition, about, data)


def _do(db: Connection, actor: Actor, incoming: str, asked: Asked, request: Request) -> Deed:
    path = {} if asked.transition is None else {"transition": asked.transition}
    insist_scope(actor, asked.route, path)
    about, referral = asked.about, None
    try:
        if "task" in about:
            path["task"] = _insist_id(about["task"])
        else:
            named = None if "referral" not in about else _insist_id(about["referral"])
            referral = path["referral"] = find_meant(
                db, actor, incoming, referral=named, number=about.get("case"), reference=about.get("reference")
            )
        body = read_body(asked.route.body, asked.body)
        done = asked.route.view(Call(db, actor, path, None, body, request, about.get("revision")))
    except NotFound:
        # Of others and not there at all: the same words, whatever step found out.
        raise NotFound(asked.route.noun) from None
    assert isinstance(done, Done)
    return Deed(referral, about.get("reference"), done)


def _insist_id(written: str) -> str:
    if not is_id(written.lower()):
        raise NotFound
    return written.lower()


__all__ = ["DEEDS", "MOST_BYTES", "MOVE", "blueprint", "read_message"]
