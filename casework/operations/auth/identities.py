"""Who people are for the provider of sign-in: linked and removed, found when they come back, and sessions that end with theirs."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

import uuid_utils
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from casework import reasons
from casework.errors import NotFound, Refused
from casework.operations.auth.account_log import IDENTITY_LINKED, IDENTITY_REMOVED, note_account
from casework.operations.auth.openid import Claims, Logout, Trip
from casework.operations.auth.sessions import Via, secret_hash
from casework.operations.auth.sign_in import SignedIn, start_session_of
from casework.operations.core.encryption import SecretBox
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.records.database import savepoint

Purpose = Literal["sign_in", "join", "link", "prove"]
#: How long a browser may stay at the provider.
LASTS = timedelta(minutes=10)


@dataclass(frozen=True)
class Ways:
    """By what else a person signs in: whether the provider knows them, and whether there is a password."""

    linked: bool
    password: bool


@dataclass(frozen=True)
class Back:
    """A browser that came back: for what it went, and how to go on."""

    purpose: Purpose
    person: str | None
    waited: timedelta
    target: str
    method: str
    carried: Sequence[tuple[str, str]]


# --- there and back --------------------------------------------------------------------------------------------------


def begin_trip(
    db: Connection,
    box: SecretBox,
    purpose: Purpose,
    *,
    person: str | None = None,
    target: str = "",
    method: str = "GET",
    carried: Sequence[tuple[str, str]] = (),
) -> Trip:
    """Send a browser to the provider; what it was about to do waits here, sealed."""
    trip = Trip(secrets.token_urlsafe(32))
    hash = secret_hash(trip.secret)
    kept = json.dumps([target, method, [list(pair) for pair in carried]])
    db.execute(
        text(
            "INSERT INTO provider_flows (hash, purpose, person_id, began_at, expires_at, sealed) VALUES (:hash, :purpose,"
            " CAST(:person AS uuid), casework_now(), casework_now() + :lasts, :sealed)"
        ),
        {
            "hash": hash,
            "purpose": purpose,
            "person": person,
            "lasts": LASTS,
            "sealed": box.seal(kept, hash.hex()),
        },
    )
    return trip


def end_trip(db: Connection, box: SecretBox, trip: Trip) -> Back:
    """Use up the way of a browser that came back; its caller commits this whatever becomes of the answer. Raises Refused."""
    row = db.execute(
        text(
            "DELETE FROM provider_flows WHERE hash = :hash AND expires_at > casework_now()"
            " RETURNING purpose, person_id, casework_now() - began_at AS waited, sealed"
        ),
        {"hash": secret_hash(trip.secret)},
    ).one_or_none()
    if row is None:
        raise Refused(reasons.auth.TRIP_LOST)
    target, method, carried = json.loads(box.open(row.sealed, secret_hash(trip.secret).hex())[0])
    return Back(row.purpose, row.person_id, row.waited, target, method, tuple((name, value) for name, value in carried))


def forget_trips(db: Connection) -> int:
    """Remove the ways on which nobody came back in time, and what the provider said of sessions long ago."""
    gone = db.execute(text("DELETE FROM provider_flows WHERE expires_at < casework_now()")).rowcount
    return gone + db.execute(text("DELETE FROM provider_logouts WHERE expires_at < casework_now()")).rowcount


# --- signing in ------------------------------------------------------------------------------------------------------


def sign_in_by_provider(
    db: Connection, claims: Claims, about: Mapping[str, str], *, insist: bool, strong: bool
) -> SignedIn:
    """Start a session of whoever has signed in there. An account that is closed, and none, look alike. Raises Refused.

    `strong`: the provider has asked for a second factor, and its word counts.
    """
    row = db.execute(
        text(
            "UPDATE identities i SET used_at = casework_now() FROM people p WHERE i.issuer = :issuer AND i.subject = :subject"
            " AND p.id = i.person_id AND p.active RETURNING i.id, i.person_id"
        ),
        {"issuer": claims.issuer, "subject": claims.subject},
    ).one_or_none()
    if row is None:
        raise Refused(reasons.auth.NOT_LINKED)
    via = Via(row.id, claims.sid)
    return start_session_of(db, row.person_id, about, insist=insist, via=via, strong=strong)


def insist_same(db: Connection, person: str, claims: Claims) -> None:
    """Whether it was that very person who has signed in there. Raises Refused."""
    row = db.execute(
        text(
            "SELECT 1 FROM identities WHERE person_id = CAST(:person AS uuid) AND issuer = :issuer AND subject = :subject"
        ),
        {"person": person, "issuer": claims.issuer, "subject": claims.subject},
    ).one_or_none()
    if row is None:
        raise Refused(reasons.auth.PROVES_NOTHING)


# --- links -----------------------------------------------------------------------------------------------------------


def link(db: Connection, person: str, claims: Claims) -> str:
    """Link a person to who they are there, and tell them. Nobody has two, and nobody shares one. Raises Refused."""
    id = str(uuid_utils.uuid7())
    try:
        with savepoint(db):
            db.execute(
                text(
                    "INSERT INTO identities (id, person_id, issuer, subject, linked_at) VALUES (CAST(:id AS uuid),"
                    " CAST(:person AS uuid), :issuer, :subject, casework_now())"
                ),
                {"id": id, "person": person, "issuer": claims.issuer, "subject": claims.subject},
            )
    except IntegrityError:
        raise Refused(reasons.auth.CANNOT_LINK) from None
    note_entries(db, "identities", person, [id], kind="identity_linked", by=person)
    note_account(db, person, IDENTITY_LINKED, person)
    return id


def unlink(db: Connection, actor: Actor, issuer: str) -> None:
    """Remove one's own link. Raises NotFound where there is none, Refused for the only way in."""
    id = db.execute(
        text("SELECT id FROM identities WHERE person_id = CAST(:person AS uuid) AND issuer = :issuer FOR UPDATE"),
        {"person": actor.person, "issuer": issuer},
    ).scalar_one_or_none()
    if id is None:
        raise NotFound("link")
    if not find_ways(db, actor.person, issuer).password:
        raise Refused(reasons.auth.LAST_WAY)
    db.execute(
        text("UPDATE sessions SET identity_id = NULL, provider_sid = NULL WHERE identity_id = CAST(:id AS uuid)"),
        {"id": id},
    )
    db.execute(text("DELETE FROM identities WHERE id = CAST(:id AS uuid)"), {"id": id})
    note_entries(db, "identities", actor.person, [id], kind="identity_removed", by=actor.person)
    note_account(db, actor.person, IDENTITY_REMOVED, actor.person)


def find_ways(db: Connection, person: str, issuer: str) -> Ways:
    """By what a person signs in."""
    row = db.execute(
        text(
            "SELECT password_hash IS NOT NULL AS password, EXISTS (SELECT FROM identities i WHERE i.person_id = p.id"
            " AND i.issuer = :issuer) AS linked FROM people p WHERE p.id = CAST(:person AS uuid)"
        ),
        {"person": person, "issuer": issuer},
    ).one()
    return Ways(row.linked, row.password)


# --- sessions that end there -----------------------------------------------------------------------------------------


def is_from_provider(db: Connection, secret: str) -> bool:
    """Whether this session began at the provider."""
    return bool(
        db.execute(
            text("SELECT 1 FROM sessions WHERE hash = :hash AND identity_id IS NOT NULL"),
            {"hash": secret_hash(secret)},
        ).first()
    )


def end_by_provider(db: Connection, logout: Logout) -> int:
    """End the sessions that the provider has ended; gives how many. Said once more, nothing happens."""
    said = db.execute(
        text(
            "INSERT INTO provider_logouts (hash, expires_at) VALUES (:hash, casework_now() + :lasts) ON CONFLICT DO NOTHING"
        ),
        {"hash": logout.hash, "lasts": logout.lasts},
    ).rowcount
    if not said:
        return 0
    return db.execute(
        text(
            "UPDATE sessions s SET ended_at = casework_now() FROM identities i WHERE i.id = s.identity_id AND s.ended_at IS NULL"
            " AND i.issuer = :issuer AND (CAST(:subject AS text) IS NULL OR i.subject = :subject)"
            " AND (CAST(:sid AS text) IS NULL OR s.provider_sid = :sid)"
        ),
        {"issuer": logout.issuer, "subject": logout.subject, "sid": logout.sid},
    ).rowcount


__all__ = [
    "Back", "Purpose", "Ways", "begin_trip", "end_by_provider", "end_trip", "find_ways", "forget_trips", "insist_same",
    "is_from_provider", "link", "sign_in_by_provider", "unlink",
]  # fmt: skip
