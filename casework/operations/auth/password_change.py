"""Setting a password of one's own: knowing the present one, or by a link that works once. Nobody sets another's."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import NotAllowed, NotFound
from casework.operations.auth import second_factor
from casework.operations.auth.account_log import LINK_SENT, PASSWORD_CHANGED, PASSWORD_SET, note_account
from casework.operations.auth.passwords import (
    SHORTEST,
    SHORTEST_WITH_FACTOR,
    hash_password,
    insist_good,
    insist_own_password,
    words_of_office,
)
from casework.operations.auth.sessions import end_access
from casework.operations.core.email_addresses import canonical
from casework.operations.core.encryption import SecretBox
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor

#: How long a link works that was asked for at the door, and one that brings the first password.
RESET_LASTS, FIRST_LASTS = timedelta(hours=1), timedelta(hours=72)
#: Links of one account within an hour, whoever asks for them: nobody's address is flooded.
MOST_AN_HOUR = 3
#: Where a link leads; what follows the mark never leaves the browser.
PAGE = "/password#"
#: The kind of its mail.
LINK = "password_link"


def shortest_of(db: Connection, person: str) -> int:
    """How long the person's password must be: shorter where a second factor is asked for beside it."""
    return SHORTEST_WITH_FACTOR if second_factor.how_many(db, person) else SHORTEST


def change_password(db: Connection, actor: Actor, *, present: str, password: str) -> None:
    """Put a new password in place of the present one; every session and token ends, and links open nothing any more.

    The caller notes the attempt, and starts a session anew. Raises WrongPassword, InvalidForm.
    """
    if actor.proved is None:
        raise NotAllowed(why=reasons.auth.TOKEN_NO_PASSWORD)
    insist_own_password(db, actor, present)
    _set(db, actor.person, password)
    note_account(db, actor.person, PASSWORD_CHANGED, actor.person)


def address_of(db: Connection, actor: Actor) -> str:
    """The actor's own address, by which guesses at the password are counted."""
    address: str = db.execute(
        text("SELECT email FROM people WHERE id = CAST(:id AS uuid)"), {"id": actor.person}
    ).scalar_one()
    return address


def _set(db: Connection, person: str, password: str) -> None:
    insist_good(password, words_of_office(db, person), shortest=shortest_of(db, person))
    db.execute(
        text("UPDATE people SET password_hash = :hash WHERE id = CAST(:person AS uuid)"),
        {"hash": hash_password(password), "person": person},
    )
    note_entries(db, "people", person, [person], kind="password_set", by=person, columns=["password_hash"])
    end_links(db, person)
    end_access(db, person, by=person)


# --- links -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """What a link is for: whose password it sets, and how long that must be."""

    email: str
    name: str
    #: Whether the account has had none so far.
    first: bool
    shortest: int


def make_link(
    db: Connection, secret_box: SecretBox, person: str, *, by: str | None, lasts: timedelta = FIRST_LASTS, mailed: bool
) -> str:
    """A link that sets the person's password, once; those before it open nothing any more. Gives its address here.

    `mailed`: it goes by mail. Its secret is kept nowhere: the mail makes it again from its id.
    """
    end_links(db, person)
    id = str(uuid_utils.uuid7())
    secret = secret_box.secrets_of(_purpose(id))[0]
    db.execute(
        text(
            "INSERT INTO password_links (id, person_id, token, made_by, made_at, expires_at) SELECT CAST(:id AS uuid),"
            " CAST(:person AS uuid), :token, CAST(:by AS uuid), n, n + :lasts FROM (SELECT casework_now() AS n) moment"
        ),
        {"id": id, "person": person, "token": link_hash(secret), "by": by, "lasts": lasts},
    )
    if mailed:
        db.execute(
            text(
                "INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at) SELECT CAST(:id AS uuid),"
                " CAST(:person AS uuid), :key, :kind, false, n, n FROM (SELECT casework_now() AS n) moment"
            ),
            {"id": str(uuid_utils.uuid7()), "person": person, "key": _purpose(id), "kind": LINK},
        )
    return PAGE + secret


def ask_reset(db: Connection, secret_box: SecretBox, email: str) -> None:
    """Mail a link to whose address this is. Whoever asks learns nothing: not whether there is such an account, nor
    whether it has had links enough for now."""
    row = db.execute(_ASKING, {"email": canonical(email)}).one_or_none()
    if row is not None and row.made < MOST_AN_HOUR:
        make_link(db, secret_box, row.id, by=None, lasts=RESET_LASTS, mailed=True)
        note_account(db, row.id, LINK_SENT, SYSTEM_ACTOR)


#: The open account of an address, locked, and how many links it was given within the hour.
_ASKING = text("""
    SELECT p.id, (SELECT count(*) FROM password_links l WHERE l.person_id = p.id AND l.made_at > casework_now() - interval '1 hour'
    ) AS made FROM people p WHERE lower(p.email) = :email AND p.active AND NOT p.service FOR NO KEY UPDATE
""")


def show_link(db: Connection, secret: str) -> Opened:
    """What a link is for. Raises NotFound, whatever became of it."""
    row = _find(db, secret)
    return Opened(row.email, row.name, row.first, shortest_of(db, row.person_id))


def use_link(db: Connection, secret: str, password: str) -> None:
    """Set the password; the link is used up, every session and token ends. A second factor is asked for as before.
    Raises InvalidForm, or NotFound."""
    row = _find(db, secret, lock=True)
    db.execute(text("UPDATE password_links SET used_at = casework_now() WHERE id = CAST(:id AS uuid)"), {"id": row.id})
    _set(db, row.person_id, password)
    note_account(db, row.person_id, PASSWORD_SET, row.person_id)


def _find(db: Connection, secret: str, *, lock: bool = False) -> Any:
    row = db.execute(
        text(
            "SELECT l.id, l.person_id, p.email, p.name, p.password_hash IS NULL AS first FROM password_links l"
            " JOIN people p ON p.id = l.person_id WHERE l.token = :token AND l.used_at IS NULL AND l.ended_at IS NULL"
            f" AND l.expires_at > casework_now() AND p.active{' FOR NO KEY UPDATE OF l' if lock else ''}"
        ),
        {"token": link_hash(secret)},
    ).one_or_none()
    if row is None:
        raise NotFound("link")
    return row


def end_links(db: Connection, person: str) -> None:
    """Links of a person that were not used open nothing any more."""
    db.execute(
        text(
            "UPDATE password_links SET ended_at = casework_now() WHERE person_id = CAST(:person AS uuid)"
            " AND used_at IS NULL AND ended_at IS NULL"
        ),
        {"person": person},
    )


def link_hash(secret: str) -> bytes:
    """What is stored of a link: its 256 bits need no slow hash."""
    return hashlib.sha256(secret.encode()).digest()


def _purpose(link: str) -> str:
    return f"password link {link}"


# --- its mail --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LinkMail:
    """The mail of a link: where it leads, until when, and whether it brings the first password."""

    id: str
    address: str
    language: str
    zone: str
    at: datetime
    path: str
    until: datetime
    first: bool


def write_link(db: Connection, mail: str, secret_box: SecretBox) -> LinkMail | None:
    """What the mail of a link says now; None where its link opens nothing any more."""
    row = db.execute(_OF_MAIL, {"id": mail}).one_or_none()
    if row is None:
        return None
    # Made again each time, and kept nowhere: another key may have come since.
    matches = [secret for secret in secret_box.secrets_of(row.key) if link_hash(secret) == bytes(row.token)]
    if not matches:
        return None
    return LinkMail(mail, row.email, row.language, row.zone, row.now, PAGE + matches[0], row.expires_at, row.first)


#: The link that a mail bears, while it can be used.
_OF_MAIL = text("""
    SELECT m.key, l.token, l.expires_at, p.email, p.language, p.zone, p.password_hash IS NULL AS first, casework_now() AS now
    FROM mails m JOIN password_links l ON m.key = 'password link ' || l.id JOIN people p ON p.id = l.person_id
    WHERE m.id = CAST(:id AS uuid) AND l.used_at IS NULL AND l.ended_at IS NULL AND l.expires_at > casework_now() AND p.active
""")

__all__ = [
    "FIRST_LASTS", "LINK", "PAGE", "RESET_LASTS", "LinkMail", "Opened", "address_of", "ask_reset", "change_password", "end_links",
    "make_link",
    "shortest_of", "show_link", "use_link", "write_link",
]  # fmt: skip
