"""One's own tokens, by which programs act for a person: made, shown once, and ended."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.errors import InvalidForm
from casework.operations.auth import tokens
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import N_, say_faults
from casework.web.shell.kept_forms import drop_kept, kept_form
from casework.web.shell.session import page_transaction

blueprint = Blueprint("tokens", __name__, url_prefix="/account/tokens")

SAYS = {
    "read": N_("read what you may read"), "write": N_("do what you may do in cases and tasks"),
    "import": N_("bring in records"), "admin": N_("administer people, roles and programmes"),
    "decide": N_("decide, and do what else asks you who you are; for 30 days at most"),
}  # fmt: skip


@blueprint.get("")
def index() -> BaseResponse:
    return _page({})


def _page(faults: Mapping[str, str], status: int = 200) -> Response:
    with page_transaction() as (db, actor):
        items, usable = tokens.list_tokens(db, actor).items, tokens.usable_scopes(actor)
        draft = kept_form(db, actor, "token")
    return make_response(
        render_template(
            "auth/tokens.html",
            items=items,
            faults=faults,
            scopes=SAYS,
            usable=usable,
            days=tokens.TOKEN_DAYS,
            deciding_days=tokens.MOST_DECIDING_DAYS,
            most=tokens.MOST_TOKEN_DAYS,
            draft=draft,
        ),
        status,
    )


@blueprint.post("")
def make() -> BaseResponse:
    days = request.form.get("days", "")
    try:
        with page_transaction() as (db, actor):
            done = tokens.create_token(
                db,
                actor,
                name=request.form.get("name", "").strip()[:200],
                scopes=request.form.getlist("scopes"),
                days=None if not days else int(days) if days.isascii() and days.isdigit() and len(days) < 5 else 0,
                request=read_request(),
            )
            drop_kept(db, actor)
    except InvalidForm as refusal:
        return _page(say_faults(refusal), 422)
    return make_response(render_template("auth/token.html", name=done.answer["name"], token=done.answer.get("token")))


@blueprint.post("/<uuid:token>/end")
def end(token: UUID) -> BaseResponse:
    with page_transaction() as (db, actor):
        tokens.revoke_token(db, actor, str(token), read_request())
    flash(gettext("The token has ended."))
    return redirect(url_for("tokens.index"), 303)


@blueprint.post("/end-all")
def end_all() -> BaseResponse:
    with page_transaction() as (db, actor):
        tokens.revoke_all(db, actor, read_request())
    flash(gettext("All your tokens have ended."))
    return redirect(url_for("tokens.index"), 303)


__all__ = ["blueprint"]
