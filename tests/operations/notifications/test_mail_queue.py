"""A mail is queued once for its key, and what has gone takes nothing more."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.notifications.mail_queue import queue_mail
from casework.records.event_log import now
from tests.support.world import World


def test_a_key_has_one_mail_until_it_has_gone(world: World, db: Connection) -> None:
    moment, officer = now(db), world.people["officer"]
    first = queue_mail(db, officer, "a key", "digest", at=moment, send_at=moment)
    assert first is not None
    assert queue_mail(db, officer, "a key", "digest", at=moment, send_at=moment) == first
    db.execute(text("UPDATE mails SET state = 'sent', ended_at = casework_now()"))
    assert queue_mail(db, officer, "a key", "digest", at=moment, send_at=moment) is None
