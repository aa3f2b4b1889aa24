"""Oneself: who one is, one's tokens and sessions."""

from __future__ import annotations

from flask import current_app

from casework.api.routes import Call, Json, Route, always, get, post
from casework.api.shapes import accounts as shapes
from casework.api.shapes import shared
from casework.operations import accounts, tokens
from casework.operations.requests import Done


def show_me(call: Call) -> dict[str, Json]:
    return accounts.show_me(call.actor)


def list_tokens(call: Call) -> dict[str, Json]:
    return tokens.list_tokens(call.db, call.actor)


def create_token(call: Call) -> Done:
    body = call.body
    return tokens.create_token(
        call.db, call.actor, name=body.name, scopes=body.scopes, days=body.days, request=call.request
    )


def revoke_token(call: Call) -> Done:
    return tokens.revoke_token(call.db, call.actor, call.path["token"], call.request)


def start_session(call: Call) -> Done:
    return accounts.start_session(
        call.db, call.body.email, call.body.password, about=call.about, request=call.request,
        insist=current_app.config["INSIST_ON_SECOND_FACTOR"],
    )  # fmt: skip


def list_sessions(call: Call) -> dict[str, Json]:
    return accounts.list_sessions(call.db, call.actor)


def end_session(call: Call) -> Done:
    return accounts.end_session(call.db, call.actor, call.path["session"], call.request)


ROUTES: tuple[Route, ...] = (
    get("/me", show_me, "Say who you are, and in which roles", shapes.Me),
    get("/tokens", list_tokens, "List your tokens", shapes.TokenPage),
    post("/tokens", create_token, "Make a token; its secret is shown this once", shapes.Token, body=shapes.NewToken, status=201, sensitive=always),
    post("/tokens/{token}/revoke", revoke_token, "End a token at once", shared.Made),
    post("/sessions", start_session, "Sign in with e-mail and password; the secret is a bearer token for half an idle hour", shapes.Session, body=shapes.SigningIn, status=201, open=True),
    get("/sessions", list_sessions, "List your sessions", shapes.SessionPage),
    post("/sessions/{session}/end", end_session, "End one of your sessions", shared.Made, sensitive=always),
)  # fmt: skip
