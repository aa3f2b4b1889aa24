"""Oneself: who one is, one's tokens and sessions."""

from __future__ import annotations

from flask import current_app

from casework import reasons
from casework.api.auth import schemas
from casework.api.protocol import schemas as shared
from casework.api.protocol.encryption import secret_box
from casework.api.protocol.routes import Call, Route, always, get, post
from casework.errors import Refused
from casework.operations.auth import password_change, sessions, tokens
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.auth.views import Me, Session, Token
from casework.operations.core.idempotency import Done
from casework.operations.core.paging import Page


def show_me(call: Call) -> Me:
    return sessions.show_me(call.actor)


def list_tokens(call: Call) -> Page[Token]:
    return tokens.list_tokens(call.db, call.actor)


def create_token(call: Call) -> Done:
    body = call.body
    return tokens.create_token(
        call.db, call.actor, name=body.name, scopes=body.scopes, days=body.days, request=call.request
    )


def revoke_token(call: Call) -> Done:
    return tokens.revoke_token(call.db, call.actor, call.path["token"], call.request)


def revoke_all_tokens(call: Call) -> Done:
    return tokens.revoke_all(call.db, call.actor, call.request, sure=call.body.sure)


def start_session(call: Call) -> Done:
    body = call.body
    return sessions.start_session(
        call.db,
        body.email,
        body.password,
        code=body.code,
        about=call.about,
        request=call.request,
        secret_box=secret_box(),
        insist=current_app.config["INSIST_ON_SECOND_FACTOR"],
    )


def end_every_session(call: Call) -> Done:
    return sessions.end_other_sessions(call.db, call.actor, "", call.request)


def end_access(call: Call) -> Done:
    return sessions.end_access_of(call.db, call.actor, call.path["person"], call.request)


def end_access_of_all(call: Call) -> Done:
    return sessions.end_access_of_all(call.db, call.actor, call.request, sure=call.body.sure)


def change_password(call: Call) -> Done:
    body = call.body
    attempt = begin_attempt(call.db, password_change.address_of(call.db, call.actor), call.about.get("address") or "")
    password_change.change_password(call.db, call.actor, present=body.present, password=body.password)
    attempt_succeeded(call.db, attempt)
    # Nothing is kept of it under the key: done again, the present password is another one.
    return Done({"id": call.actor.person, "changed": True})


def ask_reset(call: Call) -> Done:
    """The same answer for every address."""
    if not current_app.config["MAILING"]:
        raise Refused(reasons.auth.NO_MAIL_SERVER)
    begin_attempt(call.db, f"reset {call.body.email}", call.about.get("address") or "")
    password_change.ask_reset(call.db, secret_box(), call.body.email)
    return Done({"asked": True}, 202)


def set_password(call: Call) -> Done:
    password_change.use_link(call.db, call.body.secret, call.body.password)
    return Done({"changed": True})


def list_sessions(call: Call) -> Page[Session]:
    return sessions.list_sessions(call.db, call.actor)


def end_session(call: Call) -> Done:
    return sessions.end_session(call.db, call.actor, call.path["session"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/me", show_me, "Say who you are, and in which roles", schemas.Me),
    get("/tokens", list_tokens, "List your tokens", schemas.TokenPage),
    post("/tokens", create_token, "Make a token; its secret is shown this once", schemas.Token, body=schemas.NewToken, status=201,
        sensitive=always),
    post("/tokens/{token}/revoke", revoke_token, "End a token at once", shared.Made),
    post("/sessions", start_session,
        "Sign in with e-mail, password and, where there is a second factor, a code; "
        "the secret is a bearer token for half an idle hour",
        schemas.Session, body=schemas.SigningIn, status=201, open=True),
    get("/sessions", list_sessions, "List your sessions", schemas.SessionPage),
    post("/tokens/end-all", revoke_all_tokens, "End all your tokens at once, the one that asks among them", schemas.Ended,
        body=schemas.Sure, sensitive=always),
    post("/sessions/end-all", end_every_session, "End all your sessions at once", schemas.Ended, sensitive=always),
    post("/sessions/end-of-everybody", end_access_of_all,
        "End the sessions and tokens of everybody but yourself, in an emergency", schemas.Ended, body=schemas.Sure, scope="admin",
        sensitive=always),
    post("/people/{person}/end-access", end_access, "End every session and token of somebody", shared.Made, scope="admin",
        sensitive=always, noun="person"),
    post("/me/password", change_password, "Change your password; every session and token of yours ends, this session too",
        schemas.Changed, body=schemas.NewPassword, sensitive=always),
    post("/password-resets", ask_reset,
        "Have a link mailed to an address that sets a new password; the answer is the same for every address", schemas.Asked,
        body=schemas.Resetting, status=202, open=True),
    post("/passwords", set_password, "Set a password with the secret of a link that was mailed or handed over", schemas.Changed,
        body=schemas.ByLink, open=True, noun="link"),
    post("/sessions/{session}/end", end_session, "End one of your sessions", shared.Made, sensitive=always),
)  # fmt: skip
