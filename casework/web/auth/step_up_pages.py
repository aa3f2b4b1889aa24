"""Sensitive actions ask once more who one is, unless that was proved a moment ago; then they go on with what was sent.

The form that was sent is carried through the page that asks, and sent on from there,
so that nothing is typed or pressed twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from flask import Blueprint, Flask, current_app, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from casework.errors import (
    CaseworkError,
    NotConfirmed,
    NotSignedIn,
    TooManyAttempts,
    WrongCode,
    WrongPasskey,
    WrongPassword,
)
from casework.operations.auth import second_factor, sign_in
from casework.operations.auth.identities import Ways, find_ways
from casework.operations.auth.passwords import insist_own_password
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.web.auth import known_devices
from casework.web.auth.passkey_pages import prove
from casework.web.shell.forms import PROOF
from casework.web.shell.i18n import say_error
from casework.web.shell.redirects import local_path
from casework.web.shell.session import Person, open_transaction, renew_cookie, secret_box, session_secret, viewer

blueprint = Blueprint("confirm", __name__)


#: Pages on which people change how they sign in: these ask before they are shown. What is sensitive besides says so where it
#: is done (`operations.auth.step_up`), whatever way it is asked for, and comes here when it was refused.
OWN_ACCOUNT = frozenset({
    "accounts.second_factor", "accounts.confirm_second_factor", "accounts.renew_codes", "accounts.remove_second_factor",
    "accounts.end_session", "accounts.end_others", "passkeys.ask_name", "passkeys.register", "passkeys.remove",
    "passwords.change", "passwords.put", "provider.link", "provider.remove",
    "tokens.make", "tokens.end", "tokens.end_all", "recoveries.new",
})  # fmt: skip


def register(app: Flask) -> None:
    app.before_request(_insist)
    app.register_error_handler(NotConfirmed, _prove_first)


def _insist() -> Response | None:
    if request.endpoint not in OWN_ACCOUNT:
        return None
    person = viewer()
    # The action reads the person anew, in its own transaction.
    g.pop("_person", None)
    if person is None or person.viewer.proved <= current_app.config["CONFIRM_WITHIN"]:
        return None
    return _prove_first()


def _prove_first(_: NotConfirmed | None = None) -> Response:
    """Ask who it is, and then go on with what was asked for; nothing of it was done."""
    person = _signed_in()
    if request.method == "GET":
        return redirect(url_for("confirm.ask", next=request.full_path.rstrip("?")), 303)
    return _page(person, request.full_path.rstrip("?"), "POST")


@blueprint.get("/confirm")
def ask() -> Response:
    return _page(_signed_in(), local_path(request.args.get("next")) or url_for("home.show"), "GET")


@blueprint.post("/confirm")
def answer() -> Response:
    """Take the proof, and go on with what was asked for."""
    person, secret = _signed_in(), session_secret() or ""
    target = local_path(request.form.get("confirm_target")) or url_for("home.show")
    method = "POST" if request.form.get("confirm_method") == "POST" else "GET"
    try:
        _prove(person)
    except (WrongPassword, WrongCode, WrongPasskey, TooManyAttempts) as refusal:
        return _page(person, target, method, refusal)
    with open_transaction() as db:
        renewed = sign_in.prove_again(db, person.actor, secret)
    # With 307 the browser sends on what this form carries.
    return renew_cookie(make_response(redirect(target, 307 if method == "POST" else 303)), renewed)


def _prove(person: Person) -> None:
    """By the second factor where there is one, else by the password. Raises what was wrong."""
    if request.form.get("confirm_credential"):
        prove(person, "confirm_credential")
        return
    factor = has_factor(person)
    with open_transaction() as db:
        # Guessing is slowed down as it is at the door.
        account = f"code {person.id}" if factor else person.email
        attempt = begin_attempt(db, account, known_devices.source(account))
    with open_transaction() as db:
        if not factor:
            insist_own_password(db, person.actor, request.form.get("confirm_password", ""))
        elif not second_factor.fits(db, person.id, request.form.get("confirm_code", "")[:100], secret_box()):
            raise WrongCode
        attempt_succeeded(db, attempt)


def has_factor(person: Person) -> bool:
    return person.app or person.passkeys > 0


def carried_form() -> list[tuple[str, str]]:
    """What was sent by the form that the question for a proof stands before."""
    if request.method != "POST":
        return []
    return [(name, value) for name, values in request.form.lists() for value in values if not name.startswith(PROOF)]


def _page(person: Person, target: str, method: str, refusal: CaseworkError | None = None) -> Response:
    fault = ""
    if refusal is not None:
        fault = gettext("The password is wrong.") if isinstance(refusal, WrongPassword) else say_error(refusal)
    return show_question(person, target, method, carried_form(), fault=fault, refusal=refusal)


def show_question(
    person: Person,
    target: str,
    method: str,
    carried: Sequence[tuple[str, str]],
    *,
    fault: str = "",
    refusal: CaseworkError | None = None,
) -> Response:
    """The page that asks who it is, with what was sent before it."""
    page = render_template(
        "auth/confirm.html",
        person=person,
        fault=fault,
        target=target,
        method=method,
        carried=carried,
        factor=has_factor(person),
        ways=_ways(person),
        back=local_path(request.form.get("page")) or _came_from() or url_for("home.show"),
    )
    status = 200 if not fault else 429 if isinstance(refusal, TooManyAttempts) else 422
    response = make_response(page, status)
    if isinstance(refusal, TooManyAttempts):
        response.headers["Retry-After"] = str(refusal.seconds)
    return response


def _ways(person: Person) -> Ways:
    """Whether the provider of sign-in proves who this is, and whether a password does."""
    provider = current_app.extensions["casework.provider"]
    if provider is None:
        return Ways(linked=False, password=True)
    with open_transaction() as db:
        ways = find_ways(db, person.id, provider.client.issuer)
    return replace(ways, linked=ways.linked and (provider.counts_factors or not has_factor(person)))


def _came_from() -> str | None:
    sent = request.referrer or ""
    return local_path(sent.removeprefix(request.host_url.rstrip("/"))) if sent.startswith(request.host_url) else None


def _signed_in() -> Person:
    person = viewer()
    if person is None:
        raise NotSignedIn
    return person


__all__ = ["OWN_ACCOUNT", "blueprint", "carried_form", "has_factor", "register", "show_question"]
