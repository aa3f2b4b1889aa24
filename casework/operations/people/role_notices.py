"""Telling those who look after a programme of roles that decide: asked for, given or not; on the pages and by mail at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.roles import Role
from casework.engine.state.events import RegisterEvent
from casework.permissions.actors import Actor

#: The kind of these notices and of their mails.
ROLE = "role"
#: Who is told what was asked for and given.
READERS = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.AUDITOR)


@dataclass(frozen=True)
class RoleMail:
    """The mail of such a notice: what happened in which programme, and when; no name."""

    id: str
    address: str
    language: str
    zone: str
    at: datetime
    what: str
    happened_at: datetime
    programme: str
    request: str


def announce(db: Connection, programme: str, seq: int) -> None:
    """Have the event of a programme's log told, once its transaction is through."""
    db.execute(
        text("INSERT INTO outbox (log_id, seq) VALUES (CAST(:log AS uuid), :seq)"), {"log": programme, "seq": seq}
    )


def tell_readers(db: Connection, event: RegisterEvent, now: datetime, *, mailing: bool) -> None:
    """Write the notices of an event about a role, for everybody in the programme who reads such requests but who did it."""
    given = {"programme": event.log, "roles": list(READERS), "actor": event.actor}
    for person in db.execute(_READERS, given).scalars().all():
        notice = {
            "id": str(uuid_utils.uuid7()),
            "mail": str(uuid_utils.uuid7()) if mailing else None,
            "person": person,
            "log": event.log,
            "seq": event.seq,
            "at": event.at,
            "now": now,
            "kind": ROLE,
            "what": event.kind,
            "about": event.effects["request"],
            "key": f"{ROLE} {event.log} {event.seq} {person}",
        }
        if mailing:
            db.execute(_MAIL, notice)
        db.execute(_NOTIFY, notice)


_IN_FORCE = "m.starts_at <= casework_now() AND (m.ends_at IS NULL OR m.ends_at > casework_now())"
#: Who is told of a role in a programme, beside whoever did it.
_READERS = text(f"""
    SELECT DISTINCT m.person_id::text FROM memberships m JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
    WHERE m.programme_id = CAST(:programme AS uuid) AND m.role = ANY(:roles) AND {_IN_FORCE} AND m.person_id::text <> :actor
    ORDER BY 1
""")
#: Queues a mail about a role, once for its key.
_MAIL = text("""
    INSERT INTO mails (id, person_id, key, kind, sealed, made_at, send_at)
    VALUES (:mail, :person, :key, :kind, false, :now, :now) ON CONFLICT DO NOTHING
""")
#: Tells a person on the pages what happened with a role, with the mail that says so too.
_NOTIFY = text("""
    INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, words, mail_id)
    VALUES (:id, :person, :log, :seq, :kind, :about, :at, :what, :mail) ON CONFLICT DO NOTHING
""")


def told_in(actor: Actor) -> list[str]:
    """The programmes of whose roles the actor is told."""
    return sorted({m.programme for m in actor.memberships if m.programme and m.role in READERS})


def write_role_mail(db: Connection, mail: str) -> RoleMail | None:
    """What such a mail says; None for whoever has no such role any more."""
    row = db.execute(_OF_MAIL, {"id": mail, "roles": list(READERS)}).one_or_none()
    if row is None:
        return None
    name = (row.name_zh if row.language.startswith("zh") else None) or row.name
    return RoleMail(row.id, row.email, row.language, row.zone, row.now, row.words, row.at, name, row.about)


#: What a mail about a role is written from, while its reader is one of those who are told.
_OF_MAIL = text(f"""
    SELECT m.id, p.email, p.language, p.zone, n.words, n.at, n.about, g.name, g.name_zh, casework_now() AS now
    FROM mails m JOIN people p ON p.id = m.person_id AND p.active JOIN notifications n ON n.mail_id = m.id
    JOIN programmes g ON g.id = n.log_id
    WHERE m.id = CAST(:id AS uuid) AND EXISTS (
        SELECT FROM memberships m WHERE m.person_id = p.id AND m.programme_id = g.id AND m.role = ANY(:roles) AND {_IN_FORCE}
    )
""")

__all__ = ["READERS", "ROLE", "RoleMail", "announce", "tell_readers", "told_in", "write_role_mail"]
