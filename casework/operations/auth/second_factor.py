"""The second factor: one-time codes of an app, and recovery codes for those who have lost it or their passkeys."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy import Connection, text

from casework import reasons
from casework.errors import NotFound, Refused, WrongCode
from casework.operations.auth.account_log import APP_REMOVED, APP_SET_UP, CODES_MADE, note_account
from casework.operations.core.encryption import SecretBox
from casework.operations.core.register_entries import note_entries
from casework.permissions.actors import Actor
from casework.records.event_log import now
from casework.records.register_entries import entries

ISSUER = "Casework"
#: Seconds for which a code counts: as long as the app shows it, and no longer.
STEP = 30
#: Steps that the clocks may be off, either way, while an app is set up; of a code that opens an account, none.
DRIFT = 1
#: How many there are, and random bytes of each: 120 bits, so that what is kept of one need not be slow to make.
RECOVERY_CODES, CODE_BYTES = 10, 15


@dataclass(frozen=True)
class SetUp:
    """What an app needs to know, shown until the first code was right."""

    secret: str
    uri: str


def missing(db: Connection, person: str, *, insist: bool) -> str | None:
    """What a session of the person still waits for after the password: "second_factor", "set_up" or nothing."""
    if how_many(db, person):
        return "second_factor"
    return "set_up" if insist else None


def how_many(db: Connection, person: str) -> int:
    """How many second factors a person has: an app counts for one, and so does each passkey."""
    return int(
        db.execute(
            text(
                "SELECT (SELECT count(*) FROM second_factors WHERE person_id = CAST(:person AS uuid) AND confirmed_at IS NOT NULL)"
                " + (SELECT count(*) FROM passkeys WHERE person_id = CAST(:person AS uuid))"
            ),
            {"person": person},
        ).scalar_one()
    )


def insist_one_is_left(db: Connection, actor: Actor, *, insist: bool) -> None:
    """Before one is given up: with `insist`, everybody keeps the last. Raises Refused."""
    # One after the other: of two that are left, not both may go at once.
    db.execute(text("SELECT FROM people WHERE id = CAST(:person AS uuid) FOR NO KEY UPDATE"), {"person": actor.person})
    if insist and how_many(db, actor.person) < 2:
        raise Refused(reasons.auth.LAST_FACTOR)


def begin(db: Connection, actor: Actor, email: str, secret_box: SecretBox) -> SetUp:
    """Begin to set it up; asked again before the first right code, the secret stays the same."""
    sealed = db.execute(
        text(
            "INSERT INTO second_factors (person_id, sealed, created_at) VALUES (CAST(:person AS uuid), :sealed, casework_now())"
            " ON CONFLICT (person_id) DO UPDATE SET created_at = second_factors.created_at"
            " WHERE second_factors.confirmed_at IS NULL RETURNING sealed"
        ),
        {"person": actor.person, "sealed": secret_box.seal(pyotp.random_base32(), actor.person)},
    ).scalar_one_or_none()
    if sealed is None:
        raise NotFound()
    note_entries(db, "second_factors", actor.person, [actor.person], kind="app_begun", by=actor.person)
    secret, _ = secret_box.open(sealed, actor.person)
    return SetUp(secret, pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name=ISSUER))


def confirm(db: Connection, actor: Actor, code: str, secret_box: SecretBox) -> list[str]:
    """Confirm it with the first code; gives the recovery codes, shown this once. Raises WrongCode."""
    if not _counts(db, actor.person, code, secret_box, confirmed=False):
        raise WrongCode
    db.execute(
        text("UPDATE second_factors SET confirmed_at = casework_now() WHERE person_id = CAST(:person AS uuid)"),
        {"person": actor.person},
    )
    note_entries(
        db, "second_factors", actor.person, [actor.person], kind="app_set_up", by=actor.person, columns=["confirmed_at"]
    )
    note_account(db, actor.person, APP_SET_UP, actor.person)
    return new_codes(db, actor.person)


def remove(db: Connection, actor: Actor, *, insist: bool) -> None:
    """Give the app up. Raises NotFound where there is none, Refused for the last factor of who needs one."""
    insist_one_is_left(db, actor, insist=insist)
    gone = db.execute(
        text("DELETE FROM second_factors WHERE person_id = CAST(:person AS uuid) AND confirmed_at IS NOT NULL"),
        {"person": actor.person},
    ).rowcount
    if not gone:
        raise NotFound()
    note_entries(db, "second_factors", actor.person, [actor.person], kind="app_given_up", by=actor.person)
    drop_useless_codes(db, actor.person)
    note_account(db, actor.person, APP_REMOVED, actor.person)


def take_out(db: Connection, person: str) -> None:
    """Every second factor of a person goes, with the recovery codes: two persons have agreed to that."""
    for table in ("second_factors", "passkeys"):
        keys = set(entries(db, table, person))
        db.execute(text(f"DELETE FROM {table} WHERE person_id = CAST(:person AS uuid)"), {"person": person})
        note_entries(db, table, person, keys, kind="factors_taken_out", by=person)
    note_entries(db, "recovery_codes", person, _drop_codes(db, person), kind="recovery_codes_dropped", by=person)


def drop_useless_codes(db: Connection, person: str) -> None:
    """Without a second factor there is nothing that a recovery code could stand for."""
    if not how_many(db, person):
        note_entries(db, "recovery_codes", person, _drop_codes(db, person), kind="recovery_codes_dropped", by=person)


def _drop_codes(db: Connection, person: str) -> set[str]:
    """Gives the keys by which the history knows them."""
    keys = set(entries(db, "recovery_codes", person))
    db.execute(text("DELETE FROM recovery_codes WHERE person_id = CAST(:person AS uuid)"), {"person": person})
    return keys


def codes_left(db: Connection, actor: Actor) -> int:
    """How many recovery codes have not been used."""
    return int(
        db.execute(
            text("SELECT count(*) FROM recovery_codes WHERE person_id = CAST(:person AS uuid) AND used_at IS NULL"),
            {"person": actor.person},
        ).scalar_one()
    )


def fits(db: Connection, person: str, code: str, secret_box: SecretBox) -> bool:
    """Whether a code of the app or a recovery code is right; it is used up by this."""
    return _counts(db, person, code, secret_box, confirmed=True) or _recovers(db, person, code)


def _counts(db: Connection, person: str, code: str, secret_box: SecretBox, *, confirmed: bool) -> bool:
    row = db.execute(
        text(
            "SELECT sealed, last_step FROM second_factors WHERE person_id = CAST(:person AS uuid)"
            " AND (confirmed_at IS NOT NULL) = :confirmed FOR UPDATE"
        ),
        {"person": person, "confirmed": confirmed},
    ).one_or_none()
    digits = "".join(code.split())
    if row is None or len(digits) != 6 or not digits.isascii() or not digits.isdigit():
        return False
    secret, outdated = secret_box.open(row.sealed, person)
    step = _step_of(secret, digits, now(db), row.last_step, 0 if confirmed else DRIFT)
    if step is None:
        return False
    db.execute(
        text("UPDATE second_factors SET last_step = :step, sealed = :sealed WHERE person_id = CAST(:person AS uuid)"),
        {"person": person, "step": step, "sealed": secret_box.seal(secret, person) if outdated else row.sealed},
    )
    if outdated:
        note_entries(db, "second_factors", person, [person], kind="app_sealed_anew", columns=["sealed"])
    return True


def _step_of(secret: str, digits: str, moment: datetime, last: int, drift: int) -> int | None:
    """The time step whose code this is, if it lies near enough and after the last one used."""
    codes = pyotp.TOTP(secret, interval=STEP)
    for steps in range(-drift, drift + 1):
        near = moment + timedelta(seconds=steps * STEP)
        step = int(near.timestamp()) // STEP
        if step > last and hmac.compare_digest(codes.at(near), digits):
            return step
    return None


def _recovers(db: Connection, person: str, code: str) -> bool:
    hash = _hash(code)
    used = db.execute(
        text(
            "UPDATE recovery_codes SET used_at = casework_now() WHERE person_id = CAST(:person AS uuid) AND hash = :hash"
            " AND used_at IS NULL"
        ),
        {"person": person, "hash": hash},
    ).rowcount
    if used:
        key = f"{person}:{hashlib.sha256(hash).hexdigest()}"
        note_entries(db, "recovery_codes", person, [key], kind="recovery_code_used", by=person, columns=["used_at"])
    return bool(used)


def renew_codes(db: Connection, actor: Actor) -> list[str]:
    """Ten new recovery codes in place of the old ones, shown this once. Raises NotFound without a second factor."""
    if not how_many(db, actor.person):
        raise NotFound
    note_account(db, actor.person, CODES_MADE, actor.person)
    return new_codes(db, actor.person)


def new_codes(db: Connection, person: str) -> list[str]:
    """Ten new recovery codes in place of the old ones, shown this once."""
    before = _drop_codes(db, person)
    raw = [base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode().lower() for _ in range(RECOVERY_CODES)]
    db.execute(
        text(
            "INSERT INTO recovery_codes (person_id, hash, created_at) VALUES (CAST(:person AS uuid), :hash, casework_now())"
        ),
        [{"person": person, "hash": _hash(code)} for code in raw],
    )
    keys = before | set(entries(db, "recovery_codes", person))
    note_entries(db, "recovery_codes", person, keys, kind="recovery_codes_made", by=person)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in raw]


def _hash(code: str) -> bytes:
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode()).digest()
