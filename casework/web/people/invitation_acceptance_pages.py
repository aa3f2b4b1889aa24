"""What whoever was invited sees: the code is asked for first, and nothing is told before it is right."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Blueprint, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.api.protocol.requests import about_client
from casework.errors import InvalidForm, NotFound, Refused, TooManyAttempts
from casework.operations.auth.identities import Back
from casework.operations.auth.openid import Claims
from casework.operations.auth.passwords import LONGEST, SHORTEST
from casework.operations.people import invitation_acceptance
from casework.operations.people.invitation_acceptance import OPEN_FOR
from casework.web.auth import provider_groups, provider_pages
from casework.web.auth.link_secrets import forget, held, hold
from casework.web.shell.i18n import say_error, say_faults
from casework.web.shell.session import keep_session, open_transaction, page_transaction, viewer

blueprint = Blueprint("acceptance", __name__, url_prefix="/invitation")

LANGUAGES = {"en": "English", "zh-Hans": "简体中文"}
#: What the browser keeps: the secret of the link, and of what link and code have opened.
LINK, OPENED = "invitation-link", "invitation"


@blueprint.get("")
def land() -> str:
    """Where the link of a mail leads: its secret stands behind the mark, and comes by the form."""
    return render_template("auth/link.html", target=url_for("acceptance.open_link"), invited=True, fault="")


@blueprint.get("/<token>")
def show_old(token: str) -> Response:
    """Links of mails that went before secrets stood behind the mark."""
    return redirect(url_for("acceptance.land", _anchor=token), 303)


@blueprint.post("")
def open_link() -> Response:
    token = request.form.get("secret", "").strip()[:200]
    try:
        with open_transaction() as db:
            invitation_acceptance.insist_open(db, token)
    except NotFound:
        return _gone()
    return hold(redirect(url_for("acceptance.show"), 303), LINK, token, OPEN_FOR)


@blueprint.get("/join")
def show() -> Response:
    return _show({})


def _show(faults: Mapping[str, str], status: int = 200) -> Response:
    """The question for the code, or behind it what there is to do. The link alone changes nothing."""
    try:
        with open_transaction() as db:
            opened = invitation_acceptance.show_opened(db, held(LINK), held(OPENED))
    except NotFound:
        return _gone()
    if opened is None:
        return make_response(render_template("people/invitation_code.html", fault=faults.get("code", "")), status)
    person = viewer()
    return make_response(
        render_template(
            "people/accept_invitation.html",
            one=opened,
            person=person,
            faults=faults,
            languages=LANGUAGES,
            mine=person is not None and person.id == opened.account,
            shortest=SHORTEST,
            longest=LONGEST,
        ),
        status,
    )


def _gone() -> Response:
    return make_response(render_template("people/invitation_gone.html"), 404)


@blueprint.post("/join/code")
def enter_code() -> Response:
    """A wrong code is noted, and whoever guesses waits."""
    try:
        with open_transaction() as db:
            secret = invitation_acceptance.try_code(
                db, held(LINK), request.form.get("code", "")[:40], about_client(request)["address"]
            )
    except NotFound:
        return _gone()
    except TooManyAttempts as refusal:
        response = _show({"code": say_error(refusal)}, 429)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    if secret is None:
        return _show(
            {
                "code": gettext(
                    "This is not the code. Ask the person who invited you; after a few wrong codes you have to wait."
                )
            },
            422,
        )
    return hold(redirect(url_for("acceptance.show"), 303), OPENED, secret, OPEN_FOR)


@blueprint.post("/join/accept")
def accept() -> Response:
    """Join: with a new account, or signed in with the one that was invited."""
    token, secret = held(LINK), held(OPENED)
    try:
        if viewer() is not None:
            with page_transaction() as (db, actor):
                invitation_acceptance.accept_signed_in(db, actor, token, secret)
            response = redirect(url_for("home.show"), 303)
        else:
            response = _join(token, secret)
    except NotFound:
        return _gone()
    except Refused as refusal:
        return _show({"": say_error(refusal)}, 409)
    except InvalidForm as refusal:
        return _show(say_faults(refusal), 422)
    flash(gettext("Welcome to Casework. You have accepted the invitation."))
    return forget(response, LINK, OPENED)


def _join(token: str, secret: str) -> Response:
    with open_transaction() as db:
        signed_in = invitation_acceptance.accept_as_new(
            db,
            token,
            secret,
            name=request.form.get("name", ""),
            name_zh=request.form.get("name_zh", "").strip()[:200] or None,
            password=request.form.get("password", ""),
            language=request.form.get("language", ""),
            about=about_client(request),
            insist=current_app.config["INSIST_ON_SECOND_FACTOR"],
        )
    target = "accounts.second_factor" if signed_in.awaits == "set_up" else "home.show"
    return keep_session(make_response(redirect(url_for(target), 303)), signed_in.secret)


# --- with the provider of sign-in ------------------------------------------------------------------------------------


@blueprint.post("/join/provider")
def join() -> Response:
    """Join without a password: link and code were given first."""
    provider_pages.needed()
    try:
        with open_transaction() as db:
            opened = invitation_acceptance.show_opened(db, held(LINK), held(OPENED))
    except NotFound:
        return _gone()
    return redirect(url_for("acceptance.show"), 303) if opened is None else provider_pages.go_there("join")


def _join_by_provider(claims: Claims, back: Back) -> Response:
    given = dict(back.carried)
    with open_transaction() as db:
        opened = invitation_acceptance.accept_by_provider(
            db,
            held(LINK),
            held(OPENED),
            claims,
            names=(given.get("name", ""), given.get("name_zh", "").strip()[:200] or None),
            language=given.get("language", ""),
            about=about_client(request),
            insist=current_app.config["INSIST_ON_SECOND_FACTOR"],
            strong=provider_pages.needed().is_strong(claims),
        )
        brought = provider_groups.bring(db, claims, provider_pages.needed().groups_file)
    provider_groups.tell(brought)
    flash(gettext("Welcome to Casework. You have accepted the invitation."))
    return forget(provider_pages.let_in(opened, None), LINK, OPENED)


provider_pages.GO_ON["join"] = _join_by_provider
provider_pages.WHERE["join"] = "acceptance.show"

__all__ = ["blueprint"]
