"""Passkeys: keys of WebAuthn in a phone, a computer or a stick, which their owner unlocks with a finger, face or PIN.

An authenticator that verified its owner has shown two factors at once: the thing, and the person. The library
`webauthn` judges what it answers (W3C Web Authentication, level 3); here stand the challenges, each for one use within
minutes and for one person, and the counter that betrays a copy.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal
from uuid import UUID

import uuid_utils
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from casework import reasons
from casework.errors import InvalidForm, NotFound, WrongPasskey
from casework.json_values import JsonValue
from casework.ledger.canonical_json import instant
from casework.operations.auth import second_factor
from casework.operations.auth.account_log import PASSKEY_MADE, PASSKEY_REMOVED, note_account
from casework.operations.auth.views import Passkey
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.records.database import savepoint

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

Purpose = Literal["register", "sign_in", "prove"]

#: How long a challenge may be answered, how many passkeys a person has, and how long their names are.
LASTS, MOST, LONGEST_NAME = timedelta(minutes=5), 20, 100
#: The largest answer of an authenticator that is read at all.
LARGEST = 50_000


@dataclass(frozen=True)
class Site:
    """Where passkeys count: `id` is the host, `origins` what browsers call its pages."""

    id: str
    origins: tuple[str, ...]


@dataclass(frozen=True)
class Proof:
    """Who answered, with which passkey."""

    person: str
    passkey: str


# --- what a browser is asked -----------------------------------------------------------------------------------------


def begin_registration(db: Connection, actor: Actor, email: str, site: Site) -> str:
    """The options for `navigator.credentials.create`, as JSON. Those that the person has are not made twice."""
    import webauthn
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    options = webauthn.generate_registration_options(
        rp_id=site.id,
        rp_name=second_factor.ISSUER,
        user_name=email,
        user_display_name=actor.name,
        user_id=UUID(actor.person).bytes,
        challenge=_new_challenge(db, "register", actor.person),
        timeout=_milliseconds(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            require_resident_key=True,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_known(db, actor.person),
    )
    return webauthn.options_to_json(options)


def begin_use(db: Connection, site: Site, person: str | None = None) -> str:
    """The options for `navigator.credentials.get`, as JSON: for the passkeys of a known person, or for anybody's."""
    import webauthn
    from webauthn.helpers.structs import UserVerificationRequirement

    options = webauthn.generate_authentication_options(
        rp_id=site.id,
        challenge=_new_challenge(db, "prove" if person else "sign_in", person),
        timeout=_milliseconds(),
        user_verification=UserVerificationRequirement.REQUIRED,
        allow_credentials=_known(db, person) if person else None,
    )
    return webauthn.options_to_json(options)


def _milliseconds() -> int:
    return int(LASTS.total_seconds() * 1000)


def _known(db: Connection, person: str) -> list[PublicKeyCredentialDescriptor]:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

    rows = db.execute(
        text("SELECT credential FROM passkeys WHERE person_id = CAST(:person AS uuid) ORDER BY id"), {"person": person}
    )
    return [PublicKeyCredentialDescriptor(id=bytes(row.credential)) for row in rows]


def _new_challenge(db: Connection, purpose: Purpose, person: str | None) -> bytes:
    from webauthn.helpers import generate_challenge

    challenge = generate_challenge()
    db.execute(
        text(
            "INSERT INTO challenges (challenge, purpose, person_id, expires_at)"
            " VALUES (:challenge, :purpose, CAST(:person AS uuid), casework_now() + :lasts)"
        ),
        {"challenge": challenge, "purpose": purpose, "person": person, "lasts": LASTS},
    )
    return challenge


def use_challenge(db: Connection, answer: str, purpose: Purpose, person: str | None) -> bytes:
    """Use up the challenge that was answered; its caller commits this whatever becomes of the answer.

    Raises WrongPasskey where it was never asked, was answered before, is too old, or was asked of another person.
    """
    from webauthn.helpers import base64url_to_bytes, parse_client_data_json
    from webauthn.helpers.exceptions import WebAuthnException

    if len(answer) > LARGEST:
        raise WrongPasskey(why=reasons.auth.UNREADABLE)
    try:
        sent = json.loads(answer)
        client_data = parse_client_data_json(base64url_to_bytes(sent["response"]["clientDataJSON"]))
    except (ValueError, KeyError, TypeError, WebAuthnException):
        raise WrongPasskey(why=reasons.auth.UNREADABLE) from None
    used = db.execute(
        text(
            "DELETE FROM challenges WHERE challenge = :challenge AND purpose = :purpose"
            " AND person_id IS NOT DISTINCT FROM CAST(:person AS uuid) AND expires_at > casework_now()"
        ),
        {"challenge": client_data.challenge, "purpose": purpose, "person": person},
    ).rowcount
    if not used:
        raise WrongPasskey(why=reasons.auth.TOO_LATE)
    return client_data.challenge


def forget_challenges(db: Connection) -> int:
    """Remove what nobody answered in time."""
    return db.execute(text("DELETE FROM challenges WHERE expires_at < casework_now()")).rowcount


# --- what it answered ------------------------------------------------------------------------------------------------


def register(db: Connection, actor: Actor, answer: str, challenge: bytes, site: Site, *, name: str) -> list[str]:
    """Keep a new passkey; gives recovery codes where this is the person's first second factor, shown this once.

    Raises WrongPasskey, or InvalidForm for the name.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    name = insist_name(name)
    try:
        registration = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as fault:
        raise WrongPasskey(why=reasons.auth.OTHER_SITE) from fault
    # One after the other: they are counted, and the first one brings recovery codes.
    db.execute(text("SELECT FROM people WHERE id = CAST(:person AS uuid) FOR NO KEY UPDATE"), {"person": actor.person})
    first = not second_factor.how_many(db, actor.person)
    if len(_known(db, actor.person)) >= MOST:
        raise InvalidForm(fields={"name": reasons.auth.TOO_MANY_PASSKEYS})
    id = str(uuid_utils.uuid7())
    try:
        with savepoint(db):
            db.execute(
                text(
                    "INSERT INTO passkeys (id, person_id, name, credential, public_key, sign_count, created_at) VALUES"
                    " (CAST(:id AS uuid), CAST(:person AS uuid), :name, :credential, :key, :count, casework_now())"
                ),
                {
                    "id": id,
                    "person": actor.person,
                    "name": name,
                    "credential": registration.credential_id,
                    "key": registration.credential_public_key,
                    "count": registration.sign_count,
                },
            )
    except IntegrityError:
        # The same answer as for any other that does not fit: whose it is, nobody learns.
        raise WrongPasskey(why=reasons.auth.OTHER_SITE) from None
    note_entries(db, "passkeys", actor.person, [id], kind="passkey_added", by=actor.person)
    note_account(db, actor.person, PASSKEY_MADE, actor.person)
    return second_factor.new_codes(db, actor.person) if first else []


def check(db: Connection, answer: str, challenge: bytes, site: Site, *, person: str | None = None) -> Proof | None:
    """Who has answered, with the owner verified; nobody where a copy betrayed itself, which its caller commits.

    With `person`, only that person's passkeys count. Raises WrongPasskey.
    """
    import webauthn
    from webauthn.helpers.exceptions import WebAuthnException

    sent = json.loads(answer)
    row = db.execute(
        text(
            "SELECT k.id, k.person_id, k.public_key, k.sign_count, k.copied_at FROM passkeys k"
            " JOIN people p ON p.id = k.person_id AND p.active WHERE k.credential = :credential FOR UPDATE OF k"
        ),
        {"credential": _bytes(sent.get("id"))},
    ).one_or_none()
    if row is None or (person is not None and row.person_id != person):
        raise WrongPasskey(why=reasons.auth.NOT_OF_ACCOUNT)
    if row.copied_at is not None:
        raise WrongPasskey(why=reasons.auth.COPY_REMOVE)
    try:
        verification = webauthn.verify_authentication_response(
            credential=sent,
            expected_challenge=challenge,
            expected_rp_id=site.id,
            expected_origin=list(site.origins),
            # The counter is compared below: whether a copy exists is judged only once the signature is right.
            credential_public_key=row.public_key,
            credential_current_sign_count=-1,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError, AttributeError) as fault:
        raise WrongPasskey(why=reasons.auth.OTHER_SITE) from fault
    if (handle := _bytes(sent["response"].get("userHandle"))) and handle != UUID(row.person_id).bytes:
        raise WrongPasskey(why=reasons.auth.NOT_OF_ACCOUNT)
    if went_back(row.sign_count, verification.new_sign_count):
        db.execute(text("UPDATE passkeys SET copied_at = casework_now() WHERE id = CAST(:id AS uuid)"), {"id": row.id})
        note_entries(db, "passkeys", row.person_id, [row.id], kind="passkey_copied", columns=["copied_at"])
        return None
    db.execute(
        text("UPDATE passkeys SET sign_count = :count, used_at = casework_now() WHERE id = CAST(:id AS uuid)"),
        {"id": row.id, "count": verification.new_sign_count},
    )
    return Proof(row.person_id, row.id)


def went_back(kept: int, latest: int) -> bool:
    """Whether a counter betrays a copy: it counts at all, and has not gone on since the last use."""
    return (kept > 0 or latest > 0) and latest <= kept


def _bytes(given: JsonValue) -> bytes:
    from webauthn.helpers import base64url_to_bytes

    try:
        return base64url_to_bytes(given) if isinstance(given, str) else b""
    except ValueError:
        return b""


# --- looking after them ----------------------------------------------------------------------------------------------


def list_passkeys(db: Connection, actor: Actor) -> list[Passkey]:
    """The actor's own passkeys, the oldest first."""
    rows = db.execute(
        text(
            "SELECT id, name, created_at, used_at, copied_at FROM passkeys WHERE person_id = CAST(:person AS uuid) ORDER BY id"
        ),
        {"person": actor.person},
    )
    return [
        Passkey(
            id=row.id,
            name=row.name,
            created_at=instant(row.created_at),
            used_at=instant(row.used_at) if row.used_at else None,
            copied=row.copied_at is not None,
        )
        for row in rows
    ]


def rename(db: Connection, actor: Actor, passkey: str, name: str, request: Request) -> Done:
    """Call one's own passkey otherwise. Raises NotFound for anybody else's."""
    name = insist_name(name)
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    rows = db.execute(
        text("UPDATE passkeys SET name = :name WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)"),
        {"name": name, "id": passkey, "person": actor.person},
    ).rowcount
    if not rows:
        raise NotFound("passkey")
    note_entries(db, "passkeys", actor.person, [passkey], kind="passkey_renamed", by=actor.person, columns=["name"])
    return finish(
        db,
        actor,
        request,
        Done({"id": passkey, "name": name}),
    )


def remove(db: Connection, actor: Actor, passkey: str, *, insist: bool) -> None:
    """Give up one of one's own passkeys. Raises NotFound for anybody else's, Refused for the last factor of who needs one."""
    mine = db.execute(
        text("SELECT 1 FROM passkeys WHERE id = CAST(:id AS uuid) AND person_id = CAST(:person AS uuid)"),
        {"id": passkey, "person": actor.person},
    ).one_or_none()
    if mine is None:
        raise NotFound("passkey")
    second_factor.insist_one_is_left(db, actor, insist=insist)
    db.execute(text("DELETE FROM passkeys WHERE id = CAST(:id AS uuid)"), {"id": passkey})
    note_entries(db, "passkeys", actor.person, [passkey], kind="passkey_removed", by=actor.person)
    second_factor.drop_useless_codes(db, actor.person)
    note_account(db, actor.person, PASSKEY_REMOVED, actor.person)


def insist_name(given: str) -> str:
    """A name as it is kept. Raises InvalidForm."""
    name = " ".join(given.split())
    if not name:
        raise InvalidForm(fields={"name": reasons.fields.REQUIRED})
    if len(name) > LONGEST_NAME:
        raise InvalidForm(fields={"name": reasons.fields.LONGEST(most=LONGEST_NAME)})
    if not name.isprintable():
        raise InvalidForm(fields={"name": reasons.fields.UNSTORABLE})
    return name


__all__ = [
    "Proof", "Site", "begin_registration", "begin_use", "check", "forget_challenges", "insist_name", "list_passkeys",
    "register", "remove", "rename", "use_challenge", "went_back",
]  # fmt: skip
