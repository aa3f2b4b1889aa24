"""Passkeys on pages: what a browser is asked to sign, signing in with one, and looking after one's own."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from sqlalchemy import Connection
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.api.protocol.requests import about_client
from casework.errors import InvalidForm, NotSignedIn, Refused, WrongPasskey
from casework.operations.auth import passkeys, sessions, sign_in
from casework.operations.auth.passkeys import Proof, Purpose, Site
from casework.permissions.actors import Actor
from casework.web.shell.forms import read_request
from casework.web.shell.i18n import say, say_error
from casework.web.shell.redirects import local_path
from casework.web.shell.session import (
    Person,
    half_signed_in,
    keep_session,
    open_transaction,
    page_transaction,
    session_secret,
    show_in_session,
    viewer,
    waiting,
)

T = TypeVar("T")
blueprint = Blueprint("passkeys", __name__)


def site() -> Site:
    """Where passkeys count: the address of the settings, else the host that was asked, which is one of the trusted."""
    if address := current_app.config["BASE_URL"]:
        parts = urlsplit(address)
        return Site(parts.hostname or "", (f"{parts.scheme}://{parts.netloc}",))
    scheme = "https" if current_app.config["SESSION_COOKIE_SECURE"] else request.scheme
    return Site(urlsplit(f"//{request.host}").hostname or "", (f"{scheme}://{request.host}",))


@blueprint.app_template_global()
def passkeys_possible() -> bool:
    """Browsers make passkeys for names only, not for a bare address."""
    try:
        ipaddress.ip_address(site().id)
    except ValueError:
        return True
    return False


def _json(options: str) -> Response:
    return Response(options, mimetype="application/json")


# --- using one -------------------------------------------------------------------------------------------------------


@blueprint.post("/sign-in/passkey/options")
def ask_use() -> Response:
    """What the browser is to sign: for signing in, after the password, or once more."""
    person = viewer() or waiting("second_factor")
    with open_transaction() as db:
        return _json(passkeys.begin_use(db, site(), person.id if person else None))


def prove(person: Person | None, field: str = "credential") -> Proof:
    """Whose passkey has answered, in this field of the form; with `person`, only theirs counts. Raises WrongPasskey."""
    answer = request.form.get(field, "")
    purpose: Purpose = "prove" if person else "sign_in"
    challenge = _use_challenge(answer, purpose, person.id if person else None)
    with open_transaction() as db:
        proof = passkeys.check(db, answer, challenge, site(), person=person.id if person else None)
    if proof is None:
        raise WrongPasskey(why=reasons.auth.COPY)
    return proof


def _use_challenge(answer: str, purpose: Purpose, person: str | None) -> bytes:
    # In a transaction of its own: it is used up, whatever becomes of the answer.
    with open_transaction() as db:
        return passkeys.use_challenge(db, answer, purpose, person)


@blueprint.post("/sign-in/passkey")
def enter() -> BaseResponse:
    """Sign in with a passkey, alone or after the password; no code is asked for."""
    person = waiting("second_factor")
    target = local_path(request.form.get("next"))
    try:
        proof = prove(person)
    except WrongPasskey as refusal:
        flash(say_error(refusal), "danger")
        return redirect(url_for("accounts.ask_code" if person else "accounts.sign_in", next=target), 303)
    with open_transaction() as db:
        secret = sign_in.sign_in_with_passkey(db, proof, about_client(request), session_secret())
    return keep_session(make_response(redirect(target or url_for("home.show"), 303)), secret)


# --- one's own -------------------------------------------------------------------------------------------------------


def _setting_up() -> Person:
    """Who makes one: signed in, or only waiting for a second factor."""
    return viewer() or half_signed_in("set_up")


@blueprint.get("/account/passkeys/new")
def ask_name() -> str:
    person = _setting_up()
    return render_template(
        "auth/new_passkey.html", must=person.awaits is not None, next=local_path(request.args.get("next"))
    )


@blueprint.post("/account/passkeys/options")
def ask_new() -> Response:
    person = _setting_up()
    with open_transaction() as db:
        return _json(passkeys.begin_registration(db, person.actor, person.email, site()))


@blueprint.post("/account/passkeys")
def register() -> BaseResponse:
    """Keep a new passkey. Every other session ends, for the means to sign in have changed."""
    person, answer, target = _setting_up(), request.form.get("credential", ""), local_path(request.form.get("next"))

    def keep(db: Connection, actor: Actor) -> list[str]:
        return passkeys.register(db, actor, answer, challenge, site(), name=request.form.get("name", ""))

    try:
        challenge = _use_challenge(answer, "register", person.id)
        codes, secret = _changing(person, keep)
    except (WrongPasskey, InvalidForm) as refusal:
        flash(_say(refusal), "danger")
        return redirect(url_for("passkeys.ask_name", next=target), 303)
    if codes:
        then = target or url_for("accounts.show")
        return show_in_session(secret, lambda: render_template("auth/recovery_codes.html", codes=codes, next=then))
    response = keep_session(make_response(redirect(url_for("accounts.show"), 303)), secret)
    flash(gettext("The passkey is kept. Your other sessions and your tokens have ended."))
    return response


def _changing(person: Person, action: Callable[[Connection, Actor], T]) -> tuple[T, str]:
    """Change the means to sign in: gives what the action gives, and the secret of the one session that is left."""
    with open_transaction() as db:
        done = action(db, person.actor)
        return done, sessions.renew_session(db, person.actor, session_secret() or "")


def _say(refusal: WrongPasskey | InvalidForm) -> str:
    if isinstance(refusal, InvalidForm):
        return gettext("The name of the passkey %(fault)s.", fault=say(refusal.fields["name"]))
    return say_error(refusal)


@blueprint.post("/account/passkeys/<uuid:passkey>/rename")
def rename(passkey: UUID) -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            passkeys.rename(db, actor, str(passkey), request.form.get("name", ""), read_request())
    except InvalidForm as refusal:
        flash(_say(refusal), "danger")
    else:
        flash(gettext("The passkey has its new name."))
    return redirect(url_for("accounts.show"), 303)


@blueprint.post("/account/passkeys/<uuid:passkey>/remove")
def remove(passkey: UUID) -> BaseResponse:
    person = viewer()
    if person is None:
        raise NotSignedIn
    insist = current_app.config["INSIST_ON_SECOND_FACTOR"]
    try:
        _, secret = _changing(person, lambda db, actor: passkeys.remove(db, actor, str(passkey), insist=insist))
    except Refused as refusal:
        flash(say(refusal.reasons[0]), "danger")
        return redirect(url_for("accounts.show"), 303)
    response = keep_session(make_response(redirect(url_for("accounts.show"), 303)), secret)
    flash(
        gettext(
            "The passkey is removed here. Remove it from your device as well. Your other sessions and your tokens have ended."
        )
    )
    return response


__all__ = ["blueprint", "prove", "site"]
