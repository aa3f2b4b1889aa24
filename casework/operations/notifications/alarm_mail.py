"""Mail to auditors that a witness has signed another tree than the one that is here: at once, and once for each alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.operations.notifications.mail_queue import queue_mail
from casework.records.row_security import whole

#: The kind of these mails.
LOG_ALARM = "log_alarm"


@dataclass(frozen=True)
class AlarmMail:
    """What such a mail says, to whom: which witness signed a tree of how many leaves, and how that is another one."""

    id: str
    address: str
    language: str
    zone: str
    at: datetime
    witness: str
    #: other_root or longer
    kind: str
    size: int
    signed_by_log: bool
    found_at: datetime


def tell_auditors(db: Connection, alarm: str) -> None:
    """Queue a mail to each auditor there is."""
    with whole(db):
        for row in db.execute(_AUDITORS, {"role": Role.AUDITOR}).all():
            queue_mail(db, row.person, f"{LOG_ALARM} {alarm} {row.person}", LOG_ALARM, at=row.now, send_at=row.now)


_IN_FORCE = "m.role = :role AND m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())"
#: Everybody who is an auditor in some programme.
_AUDITORS = text(f"""
    SELECT DISTINCT m.person_id::text AS person, casework_now() AS now FROM memberships m
    JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service WHERE m.programme_id IS NOT NULL AND {_IN_FORCE} ORDER BY 1
""")


def write_alarm_mail(db: Connection, mail: str) -> AlarmMail | None:
    """What such a mail says; None for whoever is no auditor any more."""
    row = db.execute(_OF_MAIL, {"id": mail, "role": Role.AUDITOR}).one_or_none()
    return None if row is None else AlarmMail(**row._mapping)


#: What a mail of an alarm is written from, while its reader is an auditor.
_OF_MAIL = text(f"""
    SELECT k.id::text, p.email AS address, p.language, p.zone, casework_now() AS at, w.name AS witness, a.kind, a.size, a.signed_by_log,
        a.found_at
    FROM mails k JOIN people p ON p.id = k.person_id AND p.active JOIN witness_alarms a ON a.id::text = split_part(k.key, ' ', 2)
    JOIN witnesses w ON w.id = a.witness_id
    WHERE k.id = CAST(:id AS uuid) AND EXISTS (SELECT FROM memberships m WHERE m.person_id = p.id AND {_IN_FORCE})
""")


__all__ = ["LOG_ALARM", "AlarmMail", "tell_auditors", "write_alarm_mail"]
