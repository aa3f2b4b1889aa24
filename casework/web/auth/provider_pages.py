"""Signing in with the provider of the settings: there and back, joining, linking, proving, and sessions that end there.

Without one in the settings nothing of this exists.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_babel import gettext
from flask_wtf import CSRFProtect
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.api.protocol.requests import about_client
from casework.errors import InvalidForm, NotFound, NotSignedIn, Refused
from casework.operations.auth import identities, sessions, sign_in
from casework.operations.auth.identities import Back, Purpose
from casework.operations.auth.openid import Claims, Trip, Untrusted
from casework.settings import Settings
from casework.web.auth import provider_groups
from casework.web.auth.link_secrets import forget, held, hold
from casework.web.auth.provider_client import Provider, Silent, connect_provider
from casework.web.auth.step_up_pages import carried_form, has_factor, show_question
from casework.web.shell.i18n import say, say_faults
from casework.web.shell.redirects import local_path
from casework.web.shell.security_log import note
from casework.web.shell.session import (
    Person,
    keep_session,
    open_transaction,
    page_transaction,
    renew_cookie,
    secret_box,
    session_secret,
    viewer,
)

blueprint = Blueprint("provider", __name__)


def register(app: Flask, settings: Settings, csrf: CSRFProtect, policy: str) -> None:
    app.extensions["casework.provider"] = connect_provider(settings)
    # The provider signs what it says, and has no session with us.
    csrf.exempt(end)

    @app.after_request
    def allow(response: Response) -> Response:
        """A form leads there by a redirect, which browsers hold to be where the form goes."""
        if (provider := _find()) is not None:
            own = policy.replace("form-action 'self'", f"form-action 'self' {provider.origin}")
            response.headers.setdefault("Content-Security-Policy", own)
        return response


#: What the browser keeps while it is there.
TRIP = "provider-trip"


def _find() -> Provider | None:
    provider: Provider | None = current_app.extensions["casework.provider"]
    return provider


def needed() -> Provider:
    if (provider := _find()) is None:
        raise NotFound()
    return provider


@blueprint.before_request
def _insist() -> None:
    needed()


@blueprint.app_template_global()
def provider_name() -> str:
    """What people call the provider; nothing where there is none."""
    provider = _find()
    return provider.name if provider else ""


# --- there -----------------------------------------------------------------------------------------------------------


def go_there(purpose: Purpose, person: Person | None = None, *, target: str = "", method: str = "GET") -> BaseResponse:
    """Send the browser there; what a form brought along waits here."""
    provider = needed()
    with open_transaction() as db:
        trip = identities.begin_trip(
            db,
            secret_box(),
            purpose,
            person=person.id if person else None,
            target=target,
            method=method,
            carried=carried_form(),
        )
    try:
        address = provider.send(trip, fresh=purpose == "prove")
    except (Silent, Untrusted) as fault:
        return _refuse(Back(purpose, None, sessions.IDLE, target, method, carried_form()), fault)
    return hold(redirect(address, 303), TRIP, trip.secret, identities.LASTS)


@blueprint.post("/sign-in/provider")
def begin() -> BaseResponse:
    return go_there("sign_in", target=local_path(request.form.get("next")) or "")


@blueprint.post("/account/provider")
def link() -> BaseResponse:
    return go_there("link", _signed_in())


@blueprint.post("/confirm/provider")
def confirm() -> BaseResponse:
    target = local_path(request.form.get("confirm_target")) or url_for("home.show")
    method = "POST" if request.form.get("confirm_method") == "POST" else "GET"
    return go_there("prove", _signed_in(), target=target, method=method)


# --- and back --------------------------------------------------------------------------------------------------------


@blueprint.get("/sign-in/provider/callback")
def come_back() -> BaseResponse:
    """The browser is back. Whatever it brings is believed only as far as it fits what this browser was sent with."""
    trip = Trip(held(TRIP))
    answer = {name: values[0] for name, values in request.args.lists() if len(values) == 1}
    lost = Back("sign_in", None, sessions.IDLE, "", "GET", ())
    if not trip.secret or answer.get("state") != trip.state:
        # Not used up by it: who goes on in the other window still can.
        return _refuse(lost, Untrusted("state"))
    try:
        with open_transaction() as db:
            back = identities.end_trip(db, secret_box(), trip)
    except Refused as refusal:
        return forget(_refuse(lost, refusal), TRIP)
    now = int(time.time())
    try:
        since = now - int(back.waited.total_seconds()) if back.purpose == "prove" else None
        claims = needed().read_answer(answer, trip, now=now, since=since)
        response = GO_ON[back.purpose](claims, back)
    except (Refused, InvalidForm, Silent, Untrusted) as fault:
        response = _refuse(back, fault)
    return forget(response, TRIP)


def _enter(claims: Claims, back: Back) -> BaseResponse:
    insist, strong = current_app.config["INSIST_ON_SECOND_FACTOR"], needed().is_strong(claims)
    with open_transaction() as db:
        # First: with a role that ends, so does every session from before.
        brought = provider_groups.bring(db, claims, needed().groups_file)
        opened = identities.sign_in_by_provider(db, claims, about_client(request), insist=insist, strong=strong)
    provider_groups.tell(brought)
    return let_in(opened, local_path(back.target))


def let_in(opened: sign_in.SignedIn, target: str | None) -> BaseResponse:
    """Let in, or on to the second factor."""
    step = {"second_factor": "accounts.ask_code", "set_up": "accounts.second_factor"}.get(opened.awaits or "")
    where = url_for(step, next=target) if step else target or url_for("home.show")
    return keep_session(make_response(redirect(where, 303)), opened.secret)


def _link(claims: Claims, back: Back) -> BaseResponse:
    """As whenever the means to sign in change, every other session ends."""
    person = _same(back)
    with open_transaction() as db:
        identities.link(db, person.id, claims)
        renewed = sessions.renew_session(db, person.actor, session_secret() or "")
    note("identity_linked")
    response = keep_session(make_response(redirect(url_for("accounts.show"), 303)), renewed)
    flash(gettext("The link is kept. Your other sessions and your tokens have ended."))
    return response


def _prove(claims: Claims, back: Back) -> BaseResponse:
    person, provider = _same(back), needed()
    with open_transaction() as db:
        identities.insist_same(db, person.id, claims)
        if has_factor(person) and not provider.is_strong(claims):
            raise Refused(reasons.auth.PROVES_NOTHING)
        renewed = sign_in.prove_again(db, person.actor, session_secret() or "")
    note("confirmed")
    target = local_path(back.target) or url_for("home.show")
    if back.method == "GET":
        return renew_cookie(make_response(redirect(target, 303)), renewed)
    page = render_template("auth/confirmed.html", target=target, carried=back.carried)
    return renew_cookie(make_response(page), renewed)


#: What is done with whoever came back, by what for; joining adds itself, for it knows of invitations.
GO_ON: dict[Purpose, Callable[[Claims, Back], BaseResponse]] = {
    "sign_in": _enter, "link": _link, "prove": _prove,
}  # fmt: skip


#: And where it is said that it failed; else where people sign in.
WHERE: dict[Purpose, str] = {"link": "accounts.show"}


def _same(back: Back) -> Person:
    """The person who was sent, still signed in in this browser. Raises Refused."""
    person = viewer()
    if person is None or person.id != back.person:
        raise Refused(reasons.auth.TRIP_LOST)
    return person


def _signed_in() -> Person:
    if (person := viewer()) is None:
        raise NotSignedIn
    return person


# --- when it fails ---------------------------------------------------------------------------------------------------

_WHY = {
    "refused": reasons.auth.PROVIDER_REFUSED,
    "state": reasons.auth.TRIP_LOST,
    "auth_time": reasons.auth.PROVES_NOTHING,
}


def _refuse(back: Back, fault: Refused | InvalidForm | Silent | Untrusted) -> BaseResponse:
    """Back to where it began, with why, and a line in the security log."""
    if isinstance(fault, Silent):
        word, words = "silent", say(reasons.auth.PROVIDER_SILENT)
    elif isinstance(fault, Untrusted):
        word, words = fault.what, say(_WHY.get(fault.what, reasons.auth.PROVIDER_WRONG))
    elif isinstance(fault, Refused):
        word, words = fault.reasons[0].code.rpartition(".")[2], say(fault.reasons[0])
    else:
        word, words = "form", " ".join(say_faults(fault).values())
    note(f"provider_{word}")
    person = viewer()
    if back.purpose == "prove" and person is not None:
        return show_question(person, back.target, back.method, back.carried, fault=words)
    flash(words, "danger")
    where = url_for(WHERE[back.purpose]) if back.purpose in WHERE else None
    return redirect(where or url_for("accounts.sign_in", next=local_path(back.target)), 303)


# --- links, and sessions that end there ------------------------------------------------------------------------------


@blueprint.post("/account/provider/remove")
def remove() -> BaseResponse:
    try:
        with page_transaction() as (db, actor):
            identities.unlink(db, actor, needed().client.issuer)
            renewed = sessions.renew_session(db, actor, session_secret() or "")
    except Refused as refusal:
        flash(say(refusal.reasons[0]), "danger")
        return redirect(url_for("accounts.show"), 303)
    response = keep_session(make_response(redirect(url_for("accounts.show"), 303)), renewed)
    flash(gettext("The link is removed. Your other sessions and your tokens have ended."), "warn")
    return response


@blueprint.post("/sign-in/provider/logout")
def end() -> BaseResponse:
    """The provider itself says whose session has ended there (OpenID Connect Back-Channel Logout 1.0)."""
    try:
        logout = needed().read_logout(request.form.get("logout_token", ""), now=int(time.time()))
    except Untrusted as fault:
        note(f"provider_logout_{fault.what}")
        return make_response(jsonify(error="invalid_request"), 400)
    except Silent:
        note("provider_logout_silent")
        return make_response(jsonify(error="temporarily_unavailable"), 503)
    with open_transaction() as db:
        identities.end_by_provider(db, logout)
    note("signed_out_by_provider")
    return make_response("", 200)


__all__ = ["GO_ON", "WHERE", "blueprint", "let_in", "needed", "register", "go_there"]
