"""Who asks: the bearer token of a request, and what its scopes allow."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Request as Incoming
from flask import g
from sqlalchemy import Connection

from casework.errors import NotAllowed, NotConfirmed, NotSignedIn
from casework.operations.accounts import find_actor_by_secret
from casework.permissions import Actor

_BEARER = re.compile(r"[Bb]earer +([A-Za-z0-9_.~+/=-]{8,200})")

#: Who asks for what needs no account.
NOBODY = Actor("", "", (), scopes=frozenset())


def find_asker(db: Connection, request: Incoming, scope: str) -> Actor:
    """The person whose token this is. Raises NotSignedIn, or NotAllowed where the token lacks the scope."""
    found = _BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    actor = find_actor_by_secret(db, found[1]) if found else None
    if actor is None:
        raise NotSignedIn
    # For the log of what auditors read.
    g.asker = actor
    if scope not in actor.scopes:
        raise NotAllowed(why=f"your token lacks the scope {scope}.", scope=scope)
    return actor


def insist_proved(actor: Actor, within: timedelta) -> None:
    """What is sensitive needs a session that began, or was confirmed, lately. Raises NotConfirmed."""
    if actor.proved is not None and actor.proved > within:
        raise NotConfirmed
