"""Setting one's own password: with the present one, by a link of a mail, or with the code that two persons tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as BaseResponse

from casework.errors import InvalidForm, NotFound, NotSignedIn, TooManyAttempts, WrongCode, WrongPassword
from casework.operations.auth import password_change, sessions
from casework.operations.auth.passwords import LONGEST
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.people import account_recovery
from casework.web.auth import known_devices
from casework.web.auth.link_secrets import forget, held, hold
from casework.web.shell.i18n import say, say_error, say_faults
from casework.web.shell.session import (
    Person,
    forget_session,
    keep_session,
    open_transaction,
    page_transaction,
    secret_box,
    session_secret,
    viewer,
)

blueprint = Blueprint("passwords", __name__)

#: What the browser keeps between the link and the new password, and for how long.
LINK, HELD_FOR = "password-link", timedelta(minutes=30)


# --- changing it -----------------------------------------------------------------------------------------------------


@blueprint.get("/account/password")
def change() -> BaseResponse:
    return _change_page({})


def _change_page(faults: Mapping[str, str], status: int = 200) -> Response:
    person = _signed_in()
    with open_transaction() as db:
        shortest = password_change.shortest_of(db, person.id)
    return make_response(
        render_template("auth/change_password.html", person=person, faults=faults, shortest=shortest, longest=LONGEST),
        status,
    )


@blueprint.post("/account/password")
def put() -> BaseResponse:
    """A new password in place of the present one; whoever guesses at that is slowed down as at the door."""
    person, given = _signed_in(), request.form
    if given.get("password", "") != given.get("again", ""):
        return _change_page({"again": gettext("The two are not the same.")}, 422)
    try:
        with open_transaction() as db:
            attempt = begin_attempt(db, person.email, known_devices.source(person.email))
        with page_transaction() as (db, actor):
            password_change.change_password(
                db, actor, present=given.get("present", ""), password=given.get("password", "")
            )
            renewed = sessions.renew_session(db, actor, session_secret() or "")
            attempt_succeeded(db, attempt)
    except WrongPassword:
        return _change_page({"present": gettext("The password is wrong.")}, 422)
    except InvalidForm as refusal:
        return _change_page(say_faults(refusal), 422)
    except TooManyAttempts as refusal:
        return _change_page({"": say_error(refusal)}, 429)
    response = keep_session(make_response(redirect(url_for("accounts.show"), 303)), renewed)
    flash(gettext("Your password is changed. Your other sessions and your tokens have ended."))
    return response


def _signed_in() -> Person:
    person = viewer()
    if person is None:
        raise NotSignedIn
    return person


# --- by a link -------------------------------------------------------------------------------------------------------


@blueprint.get("/password-reset")
def lost() -> str:
    return _lost_page()


def _lost_page(fault: str = "", *, code_fault: str = "", sent: bool = False) -> str:
    return render_template(
        "auth/lost.html",
        fault=fault,
        code_fault=code_fault,
        sent=sent,
        mailing=current_app.config["MAILING"],
        email=request.form.get("email", ""),
    )


@blueprint.post("/password-reset")
def ask_link() -> BaseResponse:
    """The same answer for every address, whether there is an account or not."""
    if not current_app.config["MAILING"]:
        raise NotFound()
    email = request.form.get("email", "").strip()
    if not email:
        return make_response(_lost_page(gettext("Write your e-mail address.")), 422)
    try:
        with open_transaction() as db:
            begin_attempt(db, f"reset {email}", known_devices.source(f"reset {email}"))
        with open_transaction() as db:
            password_change.ask_reset(db, secret_box(), email)
    except TooManyAttempts as refusal:
        return _slower(make_response(_lost_page(say_error(refusal)), 429), refusal)
    return make_response(_lost_page(sent=True))


@blueprint.get("/password")
def land() -> str:
    """Where the link of a mail leads: its secret stands behind the mark, and comes by the form."""
    return _land_page()


def _land_page(fault: str = "") -> str:
    return render_template("auth/link.html", target=url_for("passwords.open_link"), fault=fault, invited=False)


@blueprint.post("/password")
def open_link() -> BaseResponse:
    secret = request.form.get("secret", "").strip()[:200]
    try:
        with open_transaction() as db:
            password_change.show_link(db, secret)
    except NotFound:
        return _gone()
    return hold(redirect(url_for("passwords.choose"), 303), LINK, secret, HELD_FOR)


@blueprint.get("/password/new")
def choose() -> BaseResponse:
    return _choose_page({})


def _choose_page(faults: Mapping[str, str], status: int = 200) -> Response:
    try:
        with open_transaction() as db:
            opened = password_change.show_link(db, held(LINK))
    except NotFound:
        return _gone()
    return make_response(render_template("auth/new_password.html", one=opened, faults=faults, longest=LONGEST), status)


def _gone() -> Response:
    return make_response(render_template("auth/link_gone.html"), 404)


@blueprint.post("/password/new")
def use_link() -> BaseResponse:
    """Set it; then one signs in with it, and the second factor is asked for as ever."""
    given = request.form
    if given.get("password", "") != given.get("again", ""):
        return _choose_page({"again": gettext("The two are not the same.")}, 422)
    try:
        with open_transaction() as db:
            password_change.use_link(db, held(LINK), given.get("password", ""))
    except NotFound:
        return _gone()
    except InvalidForm as refusal:
        return _choose_page({name: say(why) for name, why in refusal.fields.items()}, 422)
    response = forget_session(make_response(redirect(url_for("accounts.sign_in"), 303)))
    flash(gettext("Your password is set. Sign in with it."))
    return forget(response, LINK)


# --- with the code of two persons ------------------------------------------------------------------------------------


@blueprint.post("/password-reset/code")
def recover() -> BaseResponse:
    """Both halves of the code that two persons have told; what was lost is set up anew."""
    email = request.form.get("email", "").strip()
    try:
        with open_transaction() as db:
            attempt = begin_attempt(db, f"recovery {email}", known_devices.source(f"recovery {email}"))
        with open_transaction() as db:
            link = account_recovery.use_recovery(
                db, secret_box(), email, request.form.get("first", "")[:40], request.form.get("second", "")[:40]
            )
            attempt_succeeded(db, attempt)
    except WrongCode:
        fault = gettext(
            "The address or one half of the code is wrong, or the code has ended. Ask both persons for their halves again."
        )
        return make_response(_lost_page(code_fault=fault), 422)
    except TooManyAttempts as refusal:
        return _slower(make_response(_lost_page(code_fault=say_error(refusal)), 429), refusal)
    if link is None:
        flash(gettext("Your second factor is taken out. Sign in with your password, and set up a new one."))
        return redirect(url_for("accounts.sign_in"), 303)
    return hold(redirect(url_for("passwords.choose"), 303), LINK, link.removeprefix(password_change.PAGE), HELD_FOR)


def _slower(response: Response, refusal: TooManyAttempts) -> Response:
    response.headers["Retry-After"] = str(refusal.seconds)
    return response


__all__ = ["blueprint"]
