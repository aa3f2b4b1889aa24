"""Sign in: by password and second factor, or by passkey; and prove it again."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import NotFound, WrongCode
from casework.operations.auth import second_factor
from casework.operations.auth.account_log import CODES_MISSED, note_account
from casework.operations.auth.passkeys import Proof
from casework.operations.auth.sessions import (
    HERE,
    IDLE,
    SESSION_PREFIX,
    Via,
    begin_session,
    person_of_session,
    secret_hash,
    sign_out,
)
from casework.operations.core.encryption import SecretBox
from casework.permissions.actors import Actor

#: Wrong codes after which a session that waits for one ends, and its person is told that somebody knows the password.
MOST_MISSES = 5


@dataclass(frozen=True)
class SignedIn:
    """A new session: its secret, shown this once, and what it still waits for before it opens anything."""

    secret: str
    awaits: str | None


def sign_in(
    db: Connection, email: str, password: str, about: Mapping[str, str] | None = None, *, insist: bool = False
) -> SignedIn:
    """Start a session. Raises WrongPassword, whatever was wrong.

    Where the person has a second factor the session waits for it; with `insist`, whoever must have one and has
    none yet sets it up first.
    """
    return start_session_of(db, person_of_session(db, email, password), about or {}, insist=insist)


def start_session_of(
    db: Connection, person: str, about: Mapping[str, str], *, insist: bool, via: Via = HERE, strong: bool = False
) -> SignedIn:
    """Start a session of whoever has shown who that is, up to the second factor; `strong`: with that, too."""
    awaits = None if strong else second_factor.missing(db, person, insist=insist)
    return SignedIn(begin_session(db, person, about, awaits, via=via), awaits)


def finish_sign_in(db: Connection, secret: str, code: str, secret_box: SecretBox) -> str:
    """Answer a session that waits for the second factor with a code; gives the secret of a new session.
    Raises WrongCode, or NotFound where no such session waits."""
    row = db.execute(
        text(
            "SELECT person_id, about, identity_id, provider_sid FROM sessions WHERE hash = :hash AND awaits = 'second_factor'"
            " AND ended_at IS NULL AND expires_at > casework_now() AND seen_at > casework_now() - :idle FOR NO KEY UPDATE"
        ),
        {"hash": secret_hash(secret), "idle": IDLE},
    ).one_or_none()
    if row is None:
        raise NotFound("session")
    if not second_factor.fits(db, str(row.person_id), code, secret_box):
        raise WrongCode
    sign_out(db, secret)
    return begin_session(db, str(row.person_id), row.about, via=Via(row.identity_id, row.provider_sid))


def miss_code(db: Connection, secret: str) -> bool:
    """Count a wrong code of a session that waits for one; gives whether that was one too many and the session has ended.

    Whoever gives codes has given the password: its owner is told that somebody has, and cannot go on.
    """
    row = db.execute(
        text(
            "UPDATE sessions SET misses = misses + 1, ended_at = CASE WHEN misses + 1 >= :most THEN casework_now() END"
            " WHERE hash = :hash AND ended_at IS NULL RETURNING person_id, ended_at"
        ),
        {"hash": secret_hash(secret), "most": MOST_MISSES},
    ).one_or_none()
    if row is None or row.ended_at is None:
        return False
    note_account(db, row.person_id, CODES_MISSED, SYSTEM_ACTOR)
    return True


def sign_in_with_passkey(db: Connection, proof: Proof, about: Mapping[str, str], secret: str | None = None) -> str:
    """Start a session for whoever a passkey has shown: it counts for both factors. A session that waited ends."""
    if secret is not None:
        sign_out(db, secret)
    return begin_session(db, proof.person, about)


def prove_again(db: Connection, actor: Actor, secret: str) -> str:
    """A new secret for a session whose person has just shown who that is; what else is known of it stays.

    It lasts no longer for that. Raises NotFound where the session has ended meanwhile.
    """
    renewed = SESSION_PREFIX + secrets.token_urlsafe(32)
    rows = db.execute(
        text(
            "WITH gone AS (UPDATE sessions SET ended_at = casework_now() WHERE hash = :hash AND ended_at IS NULL"
            " AND person_id = CAST(:person AS uuid) RETURNING created_at, expires_at, about, programme_id, identity_id,"
            " provider_sid) INSERT INTO sessions (hash, person_id, created_at, seen_at, proved_at, expires_at, about, programme_id,"
            " identity_id, provider_sid)"
            " SELECT :renewed, CAST(:person AS uuid), created_at, casework_now(), casework_now(), expires_at, about,"
            " programme_id, identity_id, provider_sid FROM gone"
        ),
        {"hash": secret_hash(secret), "renewed": secret_hash(renewed), "person": actor.person},
    ).rowcount
    if not rows:
        raise NotFound("session")
    return renewed
