"""Webhooks that come in: the provider's lead opens an address for a system of its own, and sees what came of each message."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.engine.roles import Role
from casework.json_values import JsonMapping
from casework.operations.integrations import incoming_webhooks
from casework.operations.integrations.service_accounts import list_service_accounts
from casework.web.integrations.lead_forms import answer_with_secret
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_
from casework.web.shell.session import only, page_transaction, secret_box

blueprint = Blueprint("incoming_webhooks", __name__, url_prefix="/incoming-webhooks")

STATES = {"done": N_("done"), "refused": N_("refused")}


@blueprint.get("")
@only(Role.PROVIDER_LEAD, Role.ADMINISTRATOR)
def index() -> str:
    return _index({})


def _index(faults: Mapping[str, str], answer: JsonMapping | None = None) -> str:
    with page_transaction() as (db, actor):
        rows = incoming_webhooks.list_incoming(db, actor).items
        accounts = [one for one in list_service_accounts(db, actor).items if one.live]
        leads = Role.PROVIDER_LEAD in actor.roles()
    return render_template(
        "integrations/incoming_webhooks.html",
        rows=rows,
        accounts=accounts,
        leads=leads,
        faults=faults,
        made=answer or {},
        root=(current_app.config["BASE_URL"] or request.url_root).rstrip("/"),
    )


@blueprint.post("")
@only(Role.PROVIDER_LEAD)
def create() -> Response:
    """The secret stands in this answer alone."""
    return answer_with_secret(
        _index,
        lambda db, actor: incoming_webhooks.create_incoming(
            db, actor, secret_box(), account=request.form.get("account", ""), request=read_request()
        ),
    )


@blueprint.post("/<uuid:incoming>/rotate")
@only(Role.PROVIDER_LEAD)
def rotate(incoming: UUID) -> Response:
    """The new secret stands in this answer alone."""
    return answer_with_secret(
        _index,
        lambda db, actor: incoming_webhooks.rotate_incoming(db, actor, secret_box(), str(incoming), read_request()),
    )


@blueprint.post("/<uuid:incoming>/end")
@only(Role.PROVIDER_LEAD)
def end(incoming: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        incoming_webhooks.end_incoming(db, actor, str(incoming), read_request())
    flash(gettext("Nothing is taken there any more."))
    return redirect(url_for("incoming_webhooks.index"), 303)


@blueprint.get("/<uuid:incoming>")
@only(Role.PROVIDER_LEAD, Role.ADMINISTRATOR)
def show(incoming: UUID) -> str:
    cursor = request.args.get("cursor")
    with page_transaction() as (db, actor):
        messages = incoming_webhooks.list_incoming_messages(db, actor, str(incoming), cursor=cursor)
        (one,) = incoming_webhooks.list_incoming(db, actor, one=str(incoming)).items
    here = url_for("incoming_webhooks.show", incoming=incoming)
    return render_template(
        "integrations/incoming_webhook.html",
        one=one,
        rows=messages.items,
        states=STATES,
        first_url=here if cursor else "",
        next_url=url_for("incoming_webhooks.show", incoming=incoming, cursor=messages.next) if messages.next else "",
    )


__all__ = ["blueprint"]
