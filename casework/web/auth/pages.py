"""Signing in and out, the second factor, one's own sessions, and how one wants the pages to be."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, Response, current_app, flash, make_response, redirect, render_template, request, url_for
from flask_babel import gettext, ngettext
from werkzeug.wrappers import Response as BaseResponse

from casework import reasons
from casework.api.protocol.requests import about_client
from casework.errors import InvalidForm, NotFound, NotSignedIn, Refused, TooManyAttempts, WrongCode, WrongPassword
from casework.operations.auth import identities, passkeys, preferences, second_factor, sessions, sign_in, tokens
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.core.drafts import drop_draft, save_draft
from casework.web.auth import known_devices
from casework.web.shell.demo_sign_in import demo_cards, one_of_each
from casework.web.shell.errors import typed
from casework.web.shell.forms import PREFIX, form_name, read_request
from casework.web.shell.i18n import say, say_error
from casework.web.shell.layout import LANGUAGE_COOKIE, THEME_COOKIE
from casework.web.shell.redirects import local_path
from casework.web.shell.session import (
    FOCUS,
    Person,
    cookie_named,
    forget_session,
    half_signed_in,
    keep_session,
    open_transaction,
    page_transaction,
    secret_box,
    session_secret,
    show_in_session,
    viewer,
)

blueprint = Blueprint("accounts", __name__)
ONE_YEAR = 365 * 24 * 3600


# --- in and out ------------------------------------------------------------------------------------------------------


@blueprint.get("/sign-in", endpoint="sign_in")
def show_sign_in() -> BaseResponse | str:
    if viewer() is not None:
        return redirect(_next(), 303)
    return _sign_in_page()


@blueprint.post("/sign-in")
def enter() -> BaseResponse:
    """Sign in. A wrong password and an unknown person look alike, and take as long."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    if not email or not password:
        return _sign_in_again(gettext("Write your e-mail address and your password."), 422, email)
    try:
        with open_transaction() as db:
            attempt = begin_attempt(db, email, known_devices.source(email))
        with open_transaction() as db:
            insist = current_app.config["INSIST_ON_SECOND_FACTOR"]
            opened = sign_in.sign_in(db, email, password, about_client(request), insist=insist)
            attempt_succeeded(db, attempt)
            device = known_devices.remember(db, email)
    except WrongPassword as refusal:
        return _sign_in_again(say_error(refusal), 422, email)
    except InvalidForm as refusal:
        return _sign_in_again(gettext("The password %(fault)s.", fault=say(refusal.fields["password"])), 422, email)
    except TooManyAttempts as refusal:
        response = _sign_in_again(say_error(refusal), 429, email)
        response.headers["Retry-After"] = str(refusal.seconds)
        return response
    target = {
        "second_factor": url_for("accounts.ask_code", next=local_path(request.form.get("next"))),
        "set_up": url_for("accounts.second_factor", next=local_path(request.form.get("next"))),
    }.get(opened.awaits or "", _next())
    return known_devices.keep(keep_session(make_response(redirect(target, 303)), opened.secret), device)


@blueprint.get("/sign-in/code")
def ask_code() -> str:
    person = half_signed_in("second_factor")
    return render_template("auth/code.html", fault="", waiting=person, next=local_path(request.args.get("next")))


@blueprint.post("/sign-in/code")
def enter_code() -> BaseResponse:
    person, secret = half_signed_in("second_factor"), session_secret()
    if secret is None:
        raise NotSignedIn
    try:
        with open_transaction() as db:
            # Codes are guessed at as passwords are.
            account = f"code {person.id}"
            attempt = begin_attempt(db, account, known_devices.source(account))
        with open_transaction() as db:
            renewed = sign_in.finish_sign_in(db, secret, request.form.get("code", "")[:100], secret_box())
            attempt_succeeded(db, attempt)
            device = known_devices.remember(db, account)
    except (WrongCode, TooManyAttempts) as refusal:
        if isinstance(refusal, WrongCode) and _missed(secret):
            flash(gettext("There were several wrong codes. Sign in again, with your password first."), "danger")
            return forget_session(make_response(redirect(url_for("accounts.sign_in"), 303)))
        page = render_template(
            "auth/code.html", fault=say_error(refusal), waiting=person, next=local_path(request.form.get("next"))
        )
        response = make_response(page, 429 if isinstance(refusal, TooManyAttempts) else 422)
        if isinstance(refusal, TooManyAttempts):
            response.headers["Retry-After"] = str(refusal.seconds)
        return response
    return known_devices.keep(keep_session(make_response(redirect(_next(), 303)), renewed), device)


def _missed(secret: str) -> bool:
    """Whether this wrong code was one too many for the session."""
    with open_transaction() as db:
        return sign_in.miss_code(db, secret)


@blueprint.post("/sign-out")
def leave() -> BaseResponse:
    # Read first, so that the log says who it was.
    viewer()
    provider, there = current_app.extensions["casework.provider"], False
    if secret := session_secret():
        with open_transaction() as db:
            there = provider is not None and identities.is_from_provider(db, secret)
            sessions.sign_out(db, secret)
    # Who is still signed in there would be back here with one click, on a machine that others use as well.
    target = provider.leave(current_app.config["BASE_URL"].rstrip("/") + url_for("accounts.sign_in")) if there else None
    return forget_session(make_response(redirect(target or url_for("accounts.sign_in"), 303)))


def _sign_in_page(fault: str = "", email: str = "") -> str:
    cards, more = one_of_each(demo_cards())
    return render_template(
        "auth/sign_in.html",
        fault=fault,
        email=email,
        cards=cards,
        more=more,
        next=local_path(request.values.get("next")),
    )


def _sign_in_again(fault: str, status: int, email: str) -> Response:
    return make_response(_sign_in_page(fault, email), status)


def _next() -> str:
    return local_path(request.values.get("next")) or url_for("home.show")


# --- the second factor -----------------------------------------------------------------------------------------------


def _setting_up() -> Person:
    """Who sets it up: signed in, or only waiting for that."""
    return viewer() or half_signed_in("set_up")


@blueprint.get("/account/second-factor", endpoint="second_factor")
def show_second_factor() -> str:
    return _second_factor_page(_setting_up())


def _second_factor_page(person: Person, fault: str = "") -> str:
    import segno

    with open_transaction() as db:
        left = second_factor.codes_left(db, person.actor)
        if person.app:
            return render_template("auth/second_factor.html", left=left)
        begun = second_factor.begin(db, person.actor, person.email, secret_box())
    picture = segno.make(begun.uri, error="m").svg_data_uri(scale=4, border=2)
    spaced = " ".join(begun.secret[at : at + 4] for at in range(0, len(begun.secret), 4))
    return render_template(
        "auth/second_factor_set_up.html",
        picture=picture,
        secret=spaced,
        uri=begun.uri,
        fault=fault,
        must=person.awaits == "set_up",
        next=local_path(request.values.get("next")),
    )


@blueprint.post("/account/second-factor")
def confirm_second_factor() -> BaseResponse:
    """Take the first code of the app; guessing is slowed down."""
    person, secret = _setting_up(), session_secret() or ""
    try:
        with open_transaction() as db:
            account = f"code {person.id}"
            attempt = begin_attempt(db, account, known_devices.source(account))
        with open_transaction() as db:
            codes = second_factor.confirm(db, person.actor, request.form.get("code", "")[:100], secret_box())
            renewed = sessions.renew_session(db, person.actor, secret)
            attempt_succeeded(db, attempt)
    except (WrongCode, TooManyAttempts) as refusal:
        status = 429 if isinstance(refusal, TooManyAttempts) else 422
        return make_response(_second_factor_page(person, say_error(refusal)), status)
    return show_in_session(renewed, lambda: _codes_page(codes))


@blueprint.post("/account/second-factor/codes")
def renew_codes() -> BaseResponse:
    """Whoever has the old ones is out: every other session ends, as when any of the means to sign in changes."""
    secret = session_secret() or ""
    with page_transaction() as (db, actor):
        codes = second_factor.renew_codes(db, actor)
        renewed = sessions.renew_session(db, actor, secret)
    return show_in_session(renewed, lambda: _codes_page(codes))


@blueprint.post("/account/second-factor/remove")
def remove_second_factor() -> BaseResponse:
    secret = session_secret() or ""
    try:
        with page_transaction() as (db, actor):
            second_factor.remove(db, actor, insist=current_app.config["INSIST_ON_SECOND_FACTOR"])
            renewed = sessions.renew_session(db, actor, secret)
    except Refused as refusal:
        flash(say(refusal.reasons[0]), "danger")
        return redirect(url_for("accounts.second_factor"), 303)
    response = keep_session(make_response(redirect(url_for("accounts.show"), 303)), renewed)
    flash(gettext("The app is removed as a second factor. Your other sessions and your tokens have ended."), "warn")
    return response


def _codes_page(codes: list[str]) -> str:
    return render_template("auth/recovery_codes.html", codes=codes, next=local_path(request.values.get("next")))


def _signed_in() -> Person:
    person = viewer()
    if person is None:
        raise NotSignedIn
    return person


# --- one's own account -----------------------------------------------------------------------------------------------


@blueprint.get("/account")
def show() -> str:
    with page_transaction() as (db, actor):
        open_sessions = sessions.list_sessions(db, actor).items
        keys = passkeys.list_passkeys(db, actor)
        left = second_factor.codes_left(db, actor)
        tokens_live = sum(item.live for item in tokens.list_tokens(db, actor).items)
        provider = current_app.extensions["casework.provider"]
        linked = provider is not None and identities.find_ways(db, actor.person, provider.client.issuer).linked
    person = _signed_in()
    return render_template(
        "auth/show.html",
        person=person,
        sessions=open_sessions,
        keys=keys,
        left=left,
        this=person.viewer.session,
        zones=preferences.zones(),
        tokens_live=tokens_live,
        linked=linked,
        most=sessions.MOST_SESSIONS,
        browser_name=browser_name,
    )


_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)  # fmt: skip


def browser_name(agent: str) -> str:
    """What a browser calls itself, as its owner would: "Firefox, Windows"."""
    parts = [next((name for mark, name in names if mark in agent), "") for names in (_BROWSERS, _SYSTEMS)]
    return ", ".join(part for part in parts if part) or agent[:60]


@blueprint.post("/account/sessions/<session>/end")
def end_session(session: str) -> BaseResponse:
    with page_transaction() as (db, actor):
        sessions.end_session(db, actor, session, read_request())
    if session == _signed_in().viewer.session:
        return forget_session(make_response(redirect(url_for("accounts.sign_in"), 303)))
    flash(gettext("The session has ended."))
    return redirect(url_for("accounts.show"), 303)


@blueprint.post("/account/sessions/end-others")
def end_others() -> BaseResponse:
    """Every session but this one."""
    with page_transaction() as (db, actor):
        ended = sessions.end_other_sessions(db, actor, session_secret() or "", read_request()).answer["ended"]
    words = ngettext("%(num)d other session has ended.", "%(num)d other sessions have ended.", ended)
    flash(words if ended else gettext("You were signed in nowhere else."))
    return redirect(url_for("accounts.show"), 303)


@blueprint.post("/account/preferences")
def set_preferences() -> BaseResponse:
    wanted = {name: request.form[name] for name in ("language", "zone", "theme", "single_keys") if name in request.form}
    with page_transaction() as (db, actor):
        preferences.set_preferences(db, actor, wanted)
    # Said in the new language by the next page, hence a code of the catalogue and not a sentence of this one.
    return redirect(url_for("accounts.show", saved=1), 303)


@blueprint.post("/preferences")
def switch() -> BaseResponse:
    """The language or the theme from the switches of the frame: kept for the person, else in a cookie."""
    wanted = {name: request.form[name] for name in ("language", "theme") if name in request.form}
    response = make_response(redirect(local_path(request.form.get("page")) or url_for("home.show"), 303))
    if viewer() is not None:
        with page_transaction() as (db, actor):
            preferences.set_preferences(db, actor, wanted)
        return response
    allowed = {"language": preferences.LANGUAGES, "theme": preferences.THEMES}
    for name, cookie in (("language", LANGUAGE_COOKIE), ("theme", THEME_COOKIE)):
        if name not in wanted:
            continue
        if wanted[name] not in allowed[name]:
            raise InvalidForm(fields={name: reasons.fields.NOT_A_CHOICE})
        response.set_cookie(
            cookie_named(cookie),
            wanted[name],
            max_age=ONE_YEAR,
            httponly=True,
            samesite="Lax",
            path="/",
            secure=current_app.config["SESSION_COOKIE_SECURE"],
        )
    return response


@blueprint.post("/programme")
def choose_programme() -> BaseResponse:
    """Which programme the lists show, or every one; kept with the session."""
    with page_transaction() as (db, _):
        sessions.choose_programme(db, _signed_in().viewer, request.form.get(FOCUS, ""))
    parts = urlsplit(local_path(request.form.get("page")) or url_for("home.show"))
    # What the address said of programmes, and where a list went on, belongs to the lists before.
    query = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in (FOCUS, "cursor")
    ]
    return redirect(parts.path + (f"?{urlencode(query)}" if query else ""), 303)


@blueprint.post("/drafts")
def keep_draft() -> BaseResponse:
    """What is being typed, for a reload that nobody wanted; by a button without one answer, which is taken back."""
    name, without = form_name(request.form.get("form", "")), request.form.get("without")
    if name is None:
        raise NotFound()
    kept = {answer: values for answer, values in typed().items() if answer not in ("without", without)}
    with page_transaction() as (db, actor):
        if without and not any(any(values) for answer, values in kept.items() if answer.startswith(PREFIX)):
            drop_draft(db, actor.person, name)
        else:
            save_draft(db, actor.person, name, kept)
    if without is None:
        return Response(status=204)
    return redirect(local_path(request.form.get("page")) or url_for("home.show"), 303)


@blueprint.post("/drafts/drop")
def forget_draft() -> BaseResponse:
    """Begin the form anew, without what was kept."""
    name = form_name(request.form.get("form", ""))
    if name is None:
        raise NotFound()
    with page_transaction() as (db, actor):
        drop_draft(db, actor.person, name)
    return redirect(local_path(request.form.get("page")) or url_for("home.show"), 303)
