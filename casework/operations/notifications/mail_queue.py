"""Queueing a mail to a person, once for its key, and when it goes: at once, in the digest, in working hours."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sqlalchemy import Connection, text

from casework.engine.deadlines.calendars import Calendar, day_in
from casework.operations.core.perform import new_id

#: When the digest goes, on the reader's own clock and on days on which the programme works.
DIGEST_AT = time(8, 30)
#: Queues a mail, or finds the one of its key that has not gone yet. A digest that has gone already takes nothing more.
_MAIL = text("""
    INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at)
    VALUES (:id, :person, :key, :kind, :sealed, :made_at, :send_at)
    ON CONFLICT (key) DO UPDATE SET sealed = excluded.sealed WHERE mails.state = 'queued' RETURNING id
""")


def queue_mail(
    db: Connection, person: str, key: str, kind: str, *, at: datetime, send_at: datetime, sealed: bool = False
) -> str | None:
    """Queue a mail to a person, or find the one of its key; None where that has gone already."""
    given = {
        "id": new_id(),
        "person": person,
        "key": key,
        "kind": kind,
        "sealed": sealed,
        "made_at": at,
        "send_at": send_at,
    }
    mail: str | None = db.execute(_MAIL, given).scalar_one_or_none()
    return mail


def next_digest(now: datetime, zone: str, calendar: Calendar) -> datetime:
    """The next morning on the reader's clock that the programme works on; later than now."""
    try:
        where = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError):
        where = ZoneInfo("UTC")
    day = day_in(now, where)
    for _ in range(366):
        moment = datetime.combine(day, DIGEST_AT, where)
        if moment > now and calendar.is_working_day(day):
            break
        day += timedelta(days=1)
    return moment.astimezone(now.tzinfo)


def next_working(now: datetime, calendar: Calendar) -> datetime:
    """Now, if the programme works, else when it begins to."""
    begins = calendar.add_working_minutes(now, 1) - timedelta(minutes=1)
    return max(begins, now)
