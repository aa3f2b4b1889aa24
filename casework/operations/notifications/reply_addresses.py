"""Addresses that answers to mails go to: each says in whose name one writes there, and in which thread.

An address is kept nowhere. It holds the id of the notification that the mail told, which names person and thread, and a proof made of the
installation's key, so that nobody can make one up; it is the same in each mail of that notification, and ends after some days.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework.engine.analysis.notification_rules import MENTION
from casework.engine.case_objects.messages import INTERNAL, SHARED, TAKEN_BACK, WRITTEN
from casework.engine.state.case import Case
from casework.errors import NotFound
from casework.operations.core.encryption import SecretBox
from casework.operations.messages.threads import Thread, thread_of, why_not
from casework.permissions.actors import Actor
from casework.records.case_loader import load

#: So long after the mail an address takes answers.
GOOD_FOR = timedelta(days=30)
#: A notification's id and its proof are 30 bytes, which are 48 letters.
_PROOF, _LETTERS = 14, 48


@dataclass(frozen=True)
class ReplyTo:
    """Where the answer to a mail goes, and who will read it."""

    token: str
    #: internal or shared.
    audience: str


@dataclass(frozen=True)
class Meant:
    """What an address says: who writes there, in which log, about what was told when."""

    notification: str
    person: str
    email: str
    active: bool
    log: str
    kind: str
    track: str | None
    #: The message in which the person was mentioned, while it is not taken back.
    message: str | None
    over: bool


def token_of(box: SecretBox, notification: str) -> str:
    """The secret part of an address, in letters and digits that no mail server changes."""
    return base64.b32encode(UUID(notification).bytes + _proofs(box, notification)[0]).decode().lower()


def open_token(box: SecretBox, token: str) -> str | None:
    """The notification whose address this is; None for one that was made up."""
    try:
        held = base64.b32decode(token.upper()) if len(token) == _LETTERS else b""
    except ValueError:
        return None
    if not held:
        return None
    notification = str(UUID(bytes=held[:16]))
    return notification if any(hmac.compare_digest(held[16:], one) for one in _proofs(box, notification)) else None


def address_of(address: str, token: str) -> str:
    """The whole address: reply+TOKEN@office.example."""
    local, _, domain = address.partition("@")
    return f"{local}+{token}@{domain}"


def token_in(address: str, written: str) -> str | None:
    """The token in an address of ours, however it is written; None in one that is not."""
    local, _, domain = address.lower().partition("@")
    name, _, host = written.strip().strip("<>").lower().rpartition("@")
    begin, plus, token = name.partition("+")
    return token if plus and (begin, host) == (local, domain) else None


def reply_to(db: Connection, actor: Actor, box: SecretBox, lines: Sequence[Any]) -> ReplyTo | None:
    """Where the reader of a mail may answer: in the one thread that all its lines are about, and in which this person writes now.

    Of what is sealed there is none.
    """
    if not lines or any(line.log_kind != "case" or line.number is None for line in lines):
        return None
    if len({line.log_id for line in lines}) != 1:
        return None
    case = load(db, lines[0].log_id, "case")
    threads = [find_thread(actor, case, line.kind, line.track_id) for line in lines]
    thread = threads[0]
    if thread is None or any(one is None or one.referral != thread.referral for one in threads):
        return None
    if why_not(actor, thread) is not None:
        return None
    return ReplyTo(token_of(box, lines[-1].id), thread.audience)


def find_thread(actor: Actor, case: Case, kind: str, track: str | None) -> Thread | None:
    """The thread that a notice is about, for those who may read it: its referral's; the notes, where one mentions somebody."""
    of = case.tracks.get(track) if track else None
    referral = case.referral_of(of) if of else None
    if referral is None and (kind != MENTION or track is not None):
        return None
    try:
        return thread_of(actor, case, SHARED if referral else INTERNAL, referral.id if referral else None)
    except NotFound:
        return None


#: What a notification of a case told, whom and when.
_MEANT = text("""
    SELECT n.id, n.person_id, p.email, p.active AND NOT p.service AND p.erased_at IS NULL AS active, n.log_id, n.kind, n.track_id,
        n.at + :good < casework_now() AS over, CASE WHEN n.kind = :mention THEN (
            SELECT e.effects->>'message' FROM events e WHERE e.log_id = n.log_id AND e.seq = n.seq AND e.effects->>'what' = :written
            AND NOT EXISTS (SELECT FROM events x WHERE x.log_id = e.log_id AND x.kind = e.kind AND x.effects->>'what' = :taken_back
                AND x.effects->>'message' = e.effects->>'message')
        ) END AS message
    FROM notifications n JOIN logs l ON l.id = n.log_id AND l.kind = 'case' JOIN people p ON p.id = n.person_id
    WHERE n.id = CAST(:id AS uuid)
""")


def find_meant(db: Connection, notification: str) -> Meant | None:
    """What is known of an address whose token holds; None where it leads nowhere any more."""
    given = {
        "id": notification,
        "good": GOOD_FOR,
        "mention": MENTION,
        "written": WRITTEN,
        "taken_back": TAKEN_BACK,
    }
    row = db.execute(_MEANT, given).one_or_none()
    if row is None:
        return None
    return Meant(
        notification=row.id,
        person=row.person_id,
        email=row.email or "",
        active=row.active,
        log=row.log_id,
        kind=row.kind,
        track=row.track_id,
        message=row.message,
        over=row.over,
    )


def _proofs(box: SecretBox, notification: str) -> list[bytes]:
    return [base64.urlsafe_b64decode(one + "=")[:_PROOF] for one in box.secrets_of(f"reply {notification}")]


__all__ = [
    "GOOD_FOR", "Meant", "ReplyTo", "address_of", "find_meant", "find_thread", "open_token", "reply_to", "token_in", "token_of",
]  # fmt: skip
