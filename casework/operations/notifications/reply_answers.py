"""What is mailed back when an answer by mail was not taken, or not whole: one short mail, that tells nothing of a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from casework.operations.notifications.mail_queue import queue_mail

#: The kind of these mails.
REPLY = "reply"
#: So many go to one person within so long; what is more stays unanswered.
MOST, WITHIN = 10, timedelta(hours=1)
#: Why, as `core.notice_words.REPLY_SAYS` says it.
OVER, CLOSED, DOUBT, EMPTY, LONG, FILES = "over", "closed", "doubt", "empty", "long", "files"


@dataclass(frozen=True)
class ReplyMail:
    """What such a mail says, and to whom."""

    id: str
    address: str
    language: str
    zone: str
    at: datetime
    why: str
    notification: str
    came_at: datetime


#: How many such mails a person got lately, and whether this message was answered already.
_SO_FAR = text("""
    SELECT casework_now() AS now, count(*) FILTER (WHERE m.made_at > casework_now() - :within) AS lately,
        coalesce(bool_or(split_part(m.key, ' ', 2) = :message), false) AS answered
    FROM (SELECT) one LEFT JOIN mails m ON m.person_id = CAST(:person AS uuid) AND m.kind = :kind
""")


def answer_reply(db: Connection, person: str, message: str, why: str, notification: str) -> None:
    """Queue the answer to a message that came, once for each, and not without end. `message`: a digest of what names it."""
    given = {"person": person, "kind": REPLY, "within": WITHIN, "message": message}
    row = db.execute(_SO_FAR, given).one()
    if row.answered or row.lately >= MOST:
        return
    queue_mail(db, person, f"{REPLY} {message} {why} {notification}", REPLY, at=row.now, send_at=row.now)


#: What such a mail is written from, while its reader has an account.
_OF_MAIL = text("""
    SELECT m.id::text, p.email AS address, p.language, p.zone, casework_now() AS at, split_part(m.key, ' ', 3) AS why,
        split_part(m.key, ' ', 4) AS notification, m.made_at AS came_at
    FROM mails m JOIN people p ON p.id = m.person_id AND p.active WHERE m.id = CAST(:id AS uuid)
""")


def write_reply_mail(db: Connection, mail: str) -> ReplyMail | None:
    """What such a mail says; None where its reader has no account any more."""
    row = db.execute(_OF_MAIL, {"id": mail}).one_or_none()
    return None if row is None else ReplyMail(**row._mapping)


__all__ = [
    "CLOSED", "DOUBT", "EMPTY", "FILES", "LONG", "OVER", "REPLY", "ReplyMail", "answer_reply", "write_reply_mail",
]  # fmt: skip
