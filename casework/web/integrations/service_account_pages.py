"""Service accounts: the provider's lead gives the organisation's own system a token of few scopes, and takes it back."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.engine.roles import Role
from casework.json_values import JsonMapping
from casework.operations.integrations import service_accounts
from casework.operations.integrations.service_account_scopes import (
    ANSWER,
    ASK,
    COSIGN,
    DELIVER,
    DOCUMENTS_READ,
    DOCUMENTS_WRITE,
    READ,
    WEBHOOKS,
)
from casework.operations.integrations.service_accounts import DAYS, MOST_DAYS
from casework.operations.people.lists import list_members
from casework.web.integrations.lead_forms import answer_with_secret
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_
from casework.web.shell.kept_forms import kept_forms
from casework.web.shell.session import only, page_transaction

blueprint = Blueprint("service_accounts", __name__, url_prefix="/service-accounts")

SCOPES = {
    READ: N_("Read the organisation's referrals, their tasks, their history and their messages"),
    ANSWER: N_("Accept and decline referrals, and sign for what the other side did"),
    ASK: N_("Ask for information and for more time, and write messages"),
    DELIVER: N_("Start, work step by step, deliver in part and whole, and give up"),
    DOCUMENTS_READ: N_("Take out the documents that a referral was given"),
    DOCUMENTS_WRITE: N_("Add documents and their files"),
    WEBHOOKS: N_("Set where the organisation's own system gets messages, and see what was sent"),
    COSIGN: N_("Hand in what a witness signed of the log of all events"),
}


@blueprint.get("")
@only(Role.PROVIDER_LEAD)
def index() -> str:
    return _index({})


def _index(faults: Mapping[str, str], answer: JsonMapping | None = None) -> str:
    with page_transaction() as (db, actor):
        rows = service_accounts.list_service_accounts(db, actor).items
        organisations = list_members(db, actor)
        drafts = kept_forms(db, actor, [f"service-account:{one.id}" for one in organisations])
    name = next((row.name for row in rows if answer and row.id == answer["id"]), "")
    return render_template(
        "integrations/service_accounts.html",
        rows=rows,
        organisations=organisations,
        scopes=SCOPES,
        days=DAYS,
        most_days=MOST_DAYS,
        faults=faults,
        made=answer or {},
        drafts=drafts,
        made_name=name,
    )


@blueprint.post("")
@only(Role.PROVIDER_LEAD)
def create() -> Response:
    """The token stands in this answer alone."""
    written = request.form.get("days", "").strip()
    days = int(written) if written.isascii() and written.isdigit() and len(written) < 6 else 0
    return answer_with_secret(
        _index,
        lambda db, actor: service_accounts.create_service_account(
            db,
            actor,
            organisation=request.form.get("organisation", ""),
            name=request.form.get("name", ""),
            scopes=request.form.getlist("scopes"),
            days=days,
            request=read_request(),
        ),
    )


@blueprint.post("/<uuid:account>/rotate")
@only(Role.PROVIDER_LEAD)
def rotate(account: UUID) -> Response:
    """The new token stands in this answer alone."""
    return answer_with_secret(
        _index, lambda db, actor: service_accounts.rotate_service_token(db, actor, str(account), read_request())
    )


@blueprint.post("/<uuid:account>/end")
@only(Role.PROVIDER_LEAD)
def end(account: UUID) -> Response:
    with page_transaction() as (db, actor):
        service_accounts.end_service_account(db, actor, str(account), read_request())
    flash(gettext("The account has ended. Its token no longer works."))
    return redirect(url_for("service_accounts.index"), 303)


__all__ = ["blueprint"]
