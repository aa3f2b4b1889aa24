"""Tokens, by which programs act for a person: made, listed, and ended."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import timedelta

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.ledger.canonical_json import instant
from casework.operations.auth.account_log import TOKEN_MADE, note_account
from casework.operations.auth.sessions import secret_hash
from casework.operations.auth.views import Token
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.permissions.token_scopes import DECIDE, TOKEN_SCOPES, TokenScope
from casework.records.access_sql import live_token
from casework.records.event_log import now

TOKEN_PREFIX = "cwt_"
TOKEN_DAYS, MOST_TOKEN_DAYS = 90, 366
#: A token that decides is proof of its person for so long at most.
MOST_DECIDING_DAYS = 30


def usual_days(scopes: Collection[str]) -> int:
    """How long a token of these scopes holds where nobody says otherwise."""
    return min(TOKEN_DAYS, MOST_DECIDING_DAYS) if DECIDE in scopes else TOKEN_DAYS


def make_token(
    db: Connection,
    person: str,
    *,
    name: str,
    scopes: Collection[str],
    lasts: timedelta | None = timedelta(days=TOKEN_DAYS),
    prefix: str = TOKEN_PREFIX,
    by: str = SYSTEM_ACTOR,
) -> tuple[str, str]:
    """A new token of a person: (its id, its secret). The secret is kept nowhere."""
    id, secret = str(uuid_utils.uuid7()), prefix + secrets.token_urlsafe(32)
    db.execute(
        text(
            "INSERT INTO tokens (id, person_id, name, hash, scopes, created_at, expires_at) SELECT CAST(:id AS uuid),"
            " CAST(:person AS uuid), :name, :hash, :scopes, n, n + CAST(:lasts AS interval)"
            " FROM (SELECT casework_now() AS n) moment"
        ),
        {
            "id": id,
            "person": person,
            "name": name,
            "hash": secret_hash(secret),
            "scopes": sorted(scopes),
            "lasts": lasts,
        },
    )
    note_entries(db, "tokens", person, [id], kind="token_made", by=by)
    return id, secret


#: The scopes with which nobody else than these can do anything.
_ONLY_FOR: Mapping[TokenScope, frozenset[Role]] = {
    "import": frozenset({Role.OFFICER, Role.SUPERVISOR}), "admin": frozenset({Role.ADMINISTRATOR}),
}  # fmt: skip


def usable_scopes(actor: Actor) -> tuple[TokenScope, ...]:
    """The scopes with which a program of this person could do something."""
    mine = actor.roles()
    return tuple(scope for scope in TOKEN_SCOPES if scope not in _ONLY_FOR or mine & _ONLY_FOR[scope])


def create_token(
    db: Connection, actor: Actor, *, name: str, scopes: Collection[str], days: int | None = None, request: Request
) -> Done:
    """A token of one's own, made by a person who is signed in: a token makes no other, so that whoever has one has it
    for its time and not for ever. The secret is in the first answer only.
    """
    if actor.proved is None:
        raise NotAllowed(why=reasons.auth.TOKEN_NO_TOKENS)
    if not name.strip() or not name.isprintable():
        raise InvalidForm(fields={"name": reasons.fields.REQUIRED})
    if unknown := set(scopes) - set(TOKEN_SCOPES):
        raise InvalidForm(fields={"scopes": reasons.auth.NO_SUCH_SCOPES(scopes=sorted(unknown))})
    if set(scopes) - set(usable_scopes(actor)):
        raise InvalidForm(fields={"scopes": reasons.fields.NOT_A_CHOICE})
    if not scopes:
        raise InvalidForm(fields={"scopes": reasons.fields.REQUIRED})
    days = usual_days(scopes) if days is None else days
    if not 1 <= days <= MOST_TOKEN_DAYS:
        raise InvalidForm(fields={"days": reasons.fields.BETWEEN(least=1, most=MOST_TOKEN_DAYS)})
    if DECIDE in scopes and days > MOST_DECIDING_DAYS:
        raise InvalidForm(fields={"days": reasons.auth.DAYS_OF_DECIDING(most=MOST_DECIDING_DAYS)})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    id, secret = make_token(db, actor.person, name=name, scopes=scopes, lasts=timedelta(days=days), by=actor.person)
    note_account(db, actor.person, TOKEN_MADE, actor.person)
    answer = {"id": id, "name": name, "scopes": sorted(scopes), "expires_at": instant(now(db) + timedelta(days=days))}
    finish(db, actor, request, Done(answer, 201))
    return Done(answer | {"token": secret}, 201)


def list_tokens(db: Connection, actor: Actor) -> Page[Token]:
    """The actor's own tokens, the newest first; never their secrets."""
    rows = db.execute(
        text(
            "SELECT t.id, t.name, t.scopes, t.created_at, t.expires_at, t.revoked_at, t.used_at,"
            f" {live_token('t')} AS live FROM tokens t"
            " WHERE t.person_id = CAST(:person AS uuid) ORDER BY t.created_at DESC, t.id DESC LIMIT 100"
        ),
        {"person": actor.person},
    )
    items = [
        Token(
            id=str(row.id),
            name=row.name,
            scopes=list(row.scopes),
            created_at=instant(row.created_at),
            expires_at=instant(row.expires_at) if row.expires_at else None,
            revoked_at=instant(row.revoked_at) if row.revoked_at else None,
            used_at=instant(row.used_at) if row.used_at else None,
            live=row.live,
        )
        for row in rows
    ]
    return Page(items=items)


def revoke_token(db: Connection, actor: Actor, token: str, request: Request) -> Done:
    """End one of the actor's own tokens at once. Raises NotFound for anybody else's."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    rows = db.execute(
        text(
            "UPDATE tokens SET revoked_at = coalesce(revoked_at, casework_now()) WHERE id = CAST(:id AS uuid)"
            " AND person_id = CAST(:person AS uuid)"
        ),
        {"id": token, "person": actor.person},
    ).rowcount
    if not rows:
        raise NotFound("token")
    note_entries(db, "tokens", actor.person, [token], kind="token_revoked", by=actor.person, columns=["revoked_at"])
    return finish(db, actor, request, Done({"id": token, "revoked": True}))


def revoke_all(db: Connection, actor: Actor, request: Request, *, sure: bool = True) -> Done:
    """End every token of the actor's own at once; says how many."""
    if not sure:
        raise InvalidForm(fields={"sure": reasons.fields.REQUIRED})
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    ended = (
        db.execute(
            text(
                "UPDATE tokens t SET revoked_at = casework_now() WHERE t.person_id = CAST(:person AS uuid)"
                f" AND {live_token('t')} RETURNING t.id"
            ),
            {"person": actor.person},
        )
        .scalars()
        .all()
    )
    note_entries(db, "tokens", actor.person, ended, kind="tokens_revoked", by=actor.person, columns=["revoked_at"])
    return finish(db, actor, request, Done({"ended": len(ended)}))
