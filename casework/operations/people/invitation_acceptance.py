"""Accepting an invitation: the link of the mail and the code that was told open it, and one person uses it, once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR
from casework.errors import InvalidForm, NotFound, Refused
from casework.operations.auth import identities
from casework.operations.auth.account_log import ROLE_GIVEN, note_account
from casework.operations.auth.openid import Claims
from casework.operations.auth.passwords import fault_of, hash_password, password_fits, words_of_office
from casework.operations.auth.preferences import LANGUAGES
from casework.operations.auth.sessions import Via
from casework.operations.auth.sign_in import SignedIn, start_session_of
from casework.operations.auth.throttling import attempt_succeeded, begin_attempt
from casework.operations.core import register_log
from casework.operations.core.email_addresses import canonical
from casework.operations.people import registry
from casework.operations.people.absences import pass_on_role
from casework.operations.people.invitation_mail import ROW, token_hash
from casework.operations.people.invitation_rules import ACCEPTED
from casework.operations.people.invitations import MOST_WRONG
from casework.operations.people.role_requests import ask_role, may_give_at_once
from casework.permissions.actors import Actor, takes_two
from casework.records.event_log import lock_log

#: After the right code the invitation stays open in that browser for so long.
OPEN_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class Opened:
    """An invitation that link and code have opened: what it is for, and whose account it belongs to, if there is one."""

    id: str
    email: str
    name: str
    language: str
    roles: tuple[str, ...]
    scope: str
    scope_zh: str | None
    inviter: str | None
    inviter_zh: str | None
    until: datetime
    account: str | None
    #: The account was closed: somebody has to open it again first.
    closed: bool


def insist_open(db: Connection, token: str) -> None:
    """Whether the link still leads to something, whoever has it. Raises NotFound, whatever became of it."""
    if db.execute(text(f"SELECT 1 FROM ({ROW}) i WHERE token = :token AND state = 'open'"), _by(token)).first() is None:
        raise NotFound("invitation")


def try_code(db: Connection, token: str, code: str, address: str = "") -> str | None:
    """The secret that keeps the invitation open in this browser; None for a wrong code, which is noted: commit it.

    Whoever guesses waits longer each time, by the address that they come from: nobody who has the link can use it up for
    whom it was meant. Raises TooManyAttempts, or NotFound where the link opens nothing.
    """
    row = _locked(db, token)
    attempt = begin_attempt(db, f"invitation {row.id} {row.issue}", address, of_all=MOST_WRONG)
    digits = "".join(letter for letter in code if letter.isascii() and letter.isdigit())
    if not password_fits(row.code, digits):
        db.execute(text("UPDATE invitations SET tries = tries + 1 WHERE id = CAST(:id AS uuid)"), {"id": row.id})
        return None
    attempt_succeeded(db, attempt)
    secret = secrets.token_urlsafe(32)
    db.execute(
        text(
            "UPDATE invitations SET opened = :opened, opened_until = casework_now() + :lasts"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"id": row.id, "opened": token_hash(secret), "lasts": OPEN_FOR},
    )
    return secret


def show_opened(db: Connection, token: str, secret: str | None) -> Opened | None:
    """What this browser has opened; None where it has not given the code yet. Raises NotFound as `insist_open`."""
    row = db.execute(
        text(
            "SELECT i.*, p.id AS account, NOT coalesce(p.active, true) AS closed,"
            f" coalesce(opened = :opened AND opened_until > casework_now(), false) AS here FROM ({ROW}) i"
            " LEFT JOIN people p ON lower(p.email) = lower(i.email) WHERE token = :token AND state = 'open'"
        ),
        _by(token) | {"opened": token_hash(secret or "")},
    ).one_or_none()
    if row is None:
        raise NotFound("invitation")
    if not row.here:
        return None
    return Opened(
        row.id,
        row.email,
        row.name,
        row.language,
        tuple(row.roles),
        row.scope,
        row.scope_zh,
        row.inviter,
        row.inviter_zh,
        row.expires_at,
        row.account,
        row.closed,
    )


def accept_as_new(
    db: Connection,
    token: str,
    secret: str,
    *,
    name: str,
    name_zh: str | None,
    password: str,
    language: str,
    about: Mapping[str, str],
    insist: bool,
) -> SignedIn:
    """Make the account, give its roles and sign in. Raises InvalidForm; NotFound where somebody was faster."""
    row, faults = _opened(db, token, secret), {}
    if not name.strip():
        faults["name"] = reasons.fields.REQUIRED
    if why := fault_of(password, words_of_office(db, None, name, name_zh, row.email, row.scope)):
        faults["password"] = why
    if language not in LANGUAGES:
        faults["language"] = reasons.fields.NOT_A_CHOICE
    if faults:
        raise InvalidForm(fields=faults)
    person = registry.register_person(
        db,
        email=row.email,
        name=name.strip()[:200],
        name_zh=name_zh,
        password_hash=hash_password(password),
        language=language,
        by=row.invited_by or SYSTEM_ACTOR,
    )
    _accept(db, row, person)
    return start_session_of(db, person, about, insist=insist)


def accept_by_provider(
    db: Connection,
    token: str,
    secret: str,
    claims: Claims,
    *,
    names: tuple[str, str | None],
    language: str,
    about: Mapping[str, str],
    insist: bool,
    strong: bool,
) -> SignedIn:
    """Make the account of whoever has signed in at the provider, linked to who that is there, without a password.

    The provider must have verified that the address that was invited is theirs: this once an address links anything.
    Raises InvalidForm, Refused; NotFound where somebody was faster.
    """
    row = _opened(db, token, secret)
    if claims.email is None or canonical(claims.email) != canonical(row.email):
        raise Refused(reasons.auth.EMAIL_NOT_INVITED)
    name, name_zh = names
    person = registry.register_person(
        db,
        email=row.email,
        name=name.strip()[:200] or row.name,
        name_zh=name_zh,
        language=language if language in LANGUAGES else row.language,
        by=row.invited_by or SYSTEM_ACTOR,
    )
    identity = identities.link(db, person, claims)
    _accept(db, row, person)
    return start_session_of(db, person, about, insist=insist, via=Via(identity, claims.sid), strong=strong)


def accept_signed_in(db: Connection, actor: Actor, token: str, secret: str) -> None:
    """Give the roles to whoever is signed in with the account that was invited. Raises NotFound, Refused."""
    row = _opened(db, token, secret)
    email = db.execute(text("SELECT email FROM people WHERE id = CAST(:id AS uuid)"), {"id": actor.person}).scalar_one()
    if canonical(email) != canonical(row.email):
        raise Refused(reasons.people.OTHER_ACCOUNT_SIGNED_IN)
    away = [
        membership
        for membership in actor.memberships
        if (membership.programme or membership.organisation) != row.scope_id
    ]
    if away and _authority(db, row) == Role.PROVIDER_LEAD:
        # As when a lead added a person: nobody works on both sides without an administrator.
        raise Refused(reasons.people.ROLE_ELSEWHERE)
    _accept(db, row, actor.person)


def _accept(db: Connection, row: Any, person: str) -> None:
    log = lock_log(db, row.scope_id)
    register_log.append(db, log, [log.next_event(ACCEPTED, person, effects={"invitation": row.id})])
    db.execute(
        text(
            "UPDATE invitations SET accepted_at = :at, accepted_by = CAST(:person AS uuid), opened = NULL"
            " WHERE id = CAST(:id AS uuid)"
        ),
        {"id": row.id, "at": log.now, "person": person},
    )
    role = _authority(db, row)
    by = By(row.invited_by or SYSTEM_ACTOR, role, row.organisation_id if role == Role.PROVIDER_LEAD else None)
    for code in row.roles:
        if takes_two(code) and not (row.invited_by is None and may_give_at_once(db, row.programme_id)):
            # Who invited asks for it, and somebody else must agree; until then the person sees nothing by it.
            ask_role(
                db, person, code, programme=row.programme_id, by=person, asked_by=row.invited_by, invitation=row.id
            )
            continue
        membership = registry.grant_role(
            db, person, code, programme=row.programme_id, organisation=row.organisation_id, invitation=row.id, by=person
        )
        pass_on_role(db, membership, by)
        note_account(db, person, ROLE_GIVEN, by.person, membership=membership)


def _authority(db: Connection, row: Any) -> Role:
    """In which role the invitation was made; `ROW` knows that it is held still."""
    administers = (
        row.invited_by is None
        or db.execute(
            text(
                "SELECT 1 FROM memberships WHERE person_id = CAST(:id AS uuid) AND role = 'administrator'"
                " AND starts_at <= casework_now() AND (ends_at IS NULL OR ends_at > casework_now()) LIMIT 1"
            ),
            {"id": row.invited_by},
        ).first()
    )
    return Role.ADMINISTRATOR if administers else Role.PROVIDER_LEAD


def _opened(db: Connection, token: str, secret: str) -> Any:
    """The invitation, locked, as this browser has opened it. Raises NotFound."""
    row = _locked(db, token)
    if row.opened is None or bytes(row.opened) != token_hash(secret) or not row.fresh:
        raise NotFound("invitation")
    # Two invitations of one new person, accepted at once: the second one finds the account.
    db.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(lower(:email), 1))"), {"email": row.email})
    return row


def _locked(db: Connection, token: str) -> Any:
    # Locked first and read then: of two who come at once the second one reads what the first one did.
    db.execute(text("SELECT 1 FROM invitations WHERE token = :token FOR NO KEY UPDATE"), _by(token))
    row = db.execute(
        text(
            f"SELECT i.*, opened_until > casework_now() AS fresh FROM ({ROW}) i WHERE token = :token AND state = 'open'"
        ),
        _by(token),
    ).one_or_none()
    if row is None:
        raise NotFound("invitation")
    return row


def _by(token: str) -> dict[str, bytes]:
    return {"token": token_hash(token)}


__all__ = [
    "Opened",
    "accept_as_new",
    "accept_by_provider",
    "accept_signed_in",
    "insist_open",
    "show_opened",
    "try_code",
]
