"""Who asks: the bearer token of a request, and what its scopes allow."""

from __future__ import annotations

import re
from collections.abc import Mapping

from flask import Request as Incoming
from flask import current_app, g
from sqlalchemy import Connection, Engine

from casework import reasons
from casework.api.protocol.routes import Route
from casework.api.protocol.service_account_scopes import insist_scope
from casework.errors import NotAllowed, NotSignedIn
from casework.operations.auth.sessions import find_actor_by_secret
from casework.operations.integrations.service_accounts import SERVICE_PREFIX, count_request
from casework.permissions.actors import Actor, with_proof
from casework.records.database import reader_transaction

_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_.~+/=-]{8,200})")

#: Who asks for what needs no account.
NOBODY = Actor("", "", (), scopes=frozenset())


def count_asker(engine: Engine, request: Incoming) -> None:
    """Count a request of a service account, whatever becomes of it. Raises TooManyRequests."""
    secret = secret_of(request)
    if secret is not None and secret.startswith(SERVICE_PREFIX):
        # On its own, so that requests of one account that come together do not wait for one another.
        with reader_transaction(engine) as db:
            count_request(db, secret)


def find_asker(db: Connection, request: Incoming, route: Route, given: Mapping[str, str]) -> Actor:
    """The person or the service account whose token this is. Raises NotSignedIn, or NotAllowed where it lacks the scope."""
    secret = secret_of(request)
    actor = find_actor_by_secret(db, secret) if secret else None
    if actor is None:
        raise NotSignedIn
    actor = with_proof(actor, current_app.config["CONFIRM_WITHIN"])
    # For the log of what auditors read.
    g.asker = actor
    if actor.service:
        insist_scope(actor, route, given)
    elif route.scope not in actor.scopes:
        raise NotAllowed(why=reasons.requests.SCOPE_MISSING(scope=route.scope), scope=route.scope)
    return actor


def insist_known(db: Connection, request: Incoming) -> None:
    """Whether anybody's token comes with it. Raises NotSignedIn."""
    secret = secret_of(request)
    if secret is None or find_actor_by_secret(db, secret) is None:
        raise NotSignedIn


def secret_of(request: Incoming) -> str | None:
    """The token that comes with a request, whatever it is worth."""
    match = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    return match[1] if match else None
