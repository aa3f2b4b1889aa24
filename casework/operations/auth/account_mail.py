"""Telling people of changes to their own account: a notice on the pages, and a mail at once, whatever they chose."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.state.events import RegisterEvent
from casework.operations.auth.account_log import ACCOUNT, what_of


@dataclass(frozen=True)
class AccountMail:
    """The mail of a change: what it was, when, and who did it where that was somebody else."""

    id: str
    address: str
    language: str
    zone: str
    at: datetime
    what: str
    happened_at: datetime
    by: str | None


def tell_owner(db: Connection, event: RegisterEvent, now: datetime, *, mailing: bool) -> None:
    """Write the notice of an event in a person's log, and queue its mail. Closed accounts are told by mail alone."""
    if event.kind != ACCOUNT:
        return
    given: dict[str, Any] = {
        "id": str(uuid_utils.uuid7()),
        "mail": str(uuid_utils.uuid7()) if mailing else None,
        "person": event.log,
        "seq": event.seq,
        "at": event.at,
        "now": now,
        "kind": ACCOUNT,
        "what": what_of(event.effects),
        "key": f"account {event.log} {event.seq}",
    }
    if mailing:
        db.execute(_MAIL, given)
    db.execute(_NOTIFY, given)


#: Queues a mail about an account, once for its key.
_MAIL = text("""
    INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at)
    VALUES (:mail, :person, :key, :kind, false, :now, :now) ON CONFLICT DO NOTHING
""")
#: Tells a person on the pages what happened to their account, with the mail that says so too.
_NOTIFY = text("""
    INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, words, mail_id)
    VALUES (:id, :person, :person, :seq, :kind, '', :at, :what, :mail) ON CONFLICT DO NOTHING
""")


def write_account_mail(db: Connection, mail: str) -> AccountMail | None:
    """What such a mail says; None where its person was erased."""
    row = db.execute(_OF_MAIL, {"id": mail}).one_or_none()
    if row is None:
        return None
    by = None if row.actor_id == row.person_id else (row.by_zh if row.language.startswith("zh") else None) or row.by
    return AccountMail(row.id, row.email, row.language, row.zone, row.now, row.words, row.at, by)


#: What a mail about an account is written from: whom it goes to, what happened, when and by whom.
_OF_MAIL = text("""
    SELECT m.id, p.id::text AS person_id, p.email, p.language, p.zone, n.words, n.at, e.actor_id::text AS actor_id, b.name AS by,
        b.name_zh AS by_zh,
        casework_now() AS now
    FROM mails m JOIN people p ON p.id = m.person_id AND p.erased_at IS NULL JOIN notifications n ON n.mail_id = m.id
    JOIN events e ON e.log_id = n.log_id AND e.seq = n.seq LEFT JOIN people b ON b.id::text = e.actor_id::text
    WHERE m.id = CAST(:id AS uuid)
""")

__all__ = ["AccountMail", "tell_owner", "write_account_mail"]
