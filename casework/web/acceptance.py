"""What whoever was invited sees: the code is asked for first, and nothing is told before it is right."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.api.requests import about_client
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations import acceptance
from casework.operations.acceptance import OPEN_FOR
from casework.operations.administration import SHORTEST_PASSWORD
from casework.web.actor import keep_session, open_transaction, page_transaction, viewer
from casework.web.texts import say_error, say_faults

blueprint = Blueprint("acceptance", __name__, url_prefix="/invitation")

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}


@blueprint.get("/<token>")
def show(token: str) -> Response:
    return _show(token, {})


def _show(token: str, faults: Mapping[str, str], status: int = 200) -> Response:
    """The question for the code, or behind it what there is to do. The link alone changes nothing."""
    try:
        with open_transaction() as db:
            opened = acceptance.show_opened(db, token, request.cookies.get(_cookie()))
    except NotFound:
        return _gone()
    if opened is None:
        return make_response(render_template("invitations/code.html", token=token, fault=faults.get("code", "")), status)
    person = viewer()
    return make_response(render_template(
        "invitations/accept.html", token=token, one=opened, person=person, faults=faults, languages=LANGUAGES,
        mine=person is not None and person.id == opened.account, shortest=SHORTEST_PASSWORD,
    ), status)  # fmt: skip


def _gone() -> Response:
    return make_response(render_template("invitations/gone.html"), 404)


@blueprint.post("/<token>/code")
def enter_code(token: str) -> Response:
    """A wrong code is noted; after a few of them the invitation is dead."""
    try:
        with open_transaction() as db:
            secret = acceptance.try_code(db, token, request.form.get("code", "")[:40])
    except NotFound:
        return _gone()
    if secret is None:
        return _show(token, {"code": gettext("This is not the code. After a few wrong ones the invitation opens no more.")}, 422)
    response = redirect(url_for("acceptance.show", token=token), 303)
    response.set_cookie(
        _cookie(), secret, max_age=int(OPEN_FOR.total_seconds()), path="/", httponly=True, samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
    )  # fmt: skip
    return response


@blueprint.post("/<token>/accept")
def accept(token: str) -> Response:
    """Join: with a new account, or signed in with the one that was invited."""
    secret = request.cookies.get(_cookie()) or ""
    try:
        if viewer() is not None:
            with page_transaction() as (db, actor):
                acceptance.accept_signed_in(db, actor, token, secret)
            response = redirect(url_for("home.show"), 303)
        else:
            response = _join(token, secret)
    except NotFound:
        return _gone()
    except Refused as refusal:
        return _show(token, {"": say_error(refusal)}, 409)
    except InvalidForm as refusal:
        return _show(token, say_faults(refusal), 422)
    response.delete_cookie(
        _cookie(), path="/", httponly=True, samesite="Lax", secure=current_app.config["SESSION_COOKIE_SECURE"]
    )
    flash(gettext("Welcome to Casework. You have accepted the invitation."))
    return response


def _join(token: str, secret: str) -> Response:
    with open_transaction() as db:
        signed_in = acceptance.accept_as_new(
            db, token, secret, name=request.form.get("name", ""), name_zh=request.form.get("name_zh", "").strip()[:200] or None,
            password=request.form.get("password", ""), language=request.form.get("language", ""), about=about_client(request),
            insist=current_app.config["INSIST_ON_SECOND_FACTOR"],
        )  # fmt: skip
    target = "accounts.second_factor" if signed_in.awaits == "set_up" else "home.show"
    return keep_session(make_response(redirect(url_for(target), 303)), signed_in.secret)


def _cookie() -> str:
    return "__Host-invitation" if current_app.config["SESSION_COOKIE_SECURE"] else "invitation"


__all__ = ["blueprint"]
