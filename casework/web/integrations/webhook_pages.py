"""Webhooks: the provider's lead says where its own system is told, and sees what became of each message."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.roles import Role
from casework.errors import Refused
from casework.json_values import JsonMapping
from casework.operations.integrations import webhooks
from casework.operations.people.lists import list_members
from casework.web.integrations.lead_forms import answer_with_secret
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say_error
from casework.web.shell.session import only, page_transaction, secret_box

blueprint = Blueprint("webhooks", __name__, url_prefix="/webhooks")

STATES = {
    "queued": N_("waits"),
    "delivered": N_("delivered"),
    "failed": N_("failed"),
    "cancelled": N_("not needed any more"),
}


@blueprint.get("")
@only(Role.PROVIDER_LEAD)
def index() -> str:
    return _index({})


def _index(faults: Mapping[str, str], answer: JsonMapping | None = None) -> str:
    with page_transaction() as (db, actor):
        endpoints = webhooks.list_endpoints(db, actor).items
        organisations = list_members(db, actor)
    return render_template(
        "integrations/webhooks.html",
        rows=endpoints,
        organisations=organisations,
        faults=faults,
        made=answer or {},
        given=request.form.get("url", "") if faults else "",
    )


@blueprint.post("")
@only(Role.PROVIDER_LEAD)
def create() -> Response:
    """The secret stands in this answer alone."""
    return answer_with_secret(
        _index,
        lambda db, actor: webhooks.create_endpoint(
            db,
            actor,
            secret_box(),
            organisation=request.form.get("organisation", ""),
            url=request.form.get("url", "").strip(),
            checkpoints=request.form.get("checkpoints") == "yes",
            inside=current_app.config["WEBHOOK_INSIDE"],
            hosts=current_app.config["WEBHOOK_HOSTS"],
            request=read_request(),
        ),
    )


@blueprint.post("/<uuid:hook>/rotate")
@only(Role.PROVIDER_LEAD)
def rotate(hook: UUID) -> Response:
    """The new secret stands in this answer alone."""
    return answer_with_secret(
        _index, lambda db, actor: webhooks.rotate_secret(db, actor, secret_box(), str(hook), read_request())
    )


@blueprint.post("/<uuid:hook>/end")
@only(Role.PROVIDER_LEAD)
def end(hook: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        webhooks.end_endpoint(db, actor, str(hook), read_request())
    flash(gettext("Nothing is sent there any more."))
    return redirect(url_for("webhooks.index"), 303)


@blueprint.get("/<uuid:hook>")
@only(Role.PROVIDER_LEAD)
def show(hook: UUID) -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        messages = webhooks.list_messages(db, actor, str(hook), cursor=cursor)
        endpoint = next(item for item in webhooks.list_endpoints(db, actor).items if item.id == str(hook))
    here = url_for("webhooks.show", hook=hook)
    return render_template(
        "integrations/webhook.html",
        one=endpoint,
        rows=messages.items,
        states=STATES,
        first_url=here if cursor else "",
        next_url=url_for("webhooks.show", hook=hook, cursor=messages.next) if messages.next else "",
    )


@blueprint.post("/messages/<uuid:message>/replay")
@only(Role.PROVIDER_LEAD)
def replay(message: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        try:
            hook = webhooks.replay_message(db, actor, str(message), read_request()).answer["endpoint"]
        except Refused as refusal:
            flash(say_error(refusal), "warn")
            return redirect(url_for("webhooks.index"), 303)
    flash(gettext("It is sent again."))
    return redirect(url_for("webhooks.show", hook=hook), 303)
