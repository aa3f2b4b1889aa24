"""Telling people of findings of the audit: whoever is to answer one, and the auditor whose finding was answered.

A notice stands in its reader's own log and names the finding alone: whoever may not read it any more learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.analysis.notification_rules import FINDING
from casework.engine.state.events import RegisterEvent
from casework.operations.core.notification_preferences import DIGEST, choice_of
from casework.operations.core.perform import calendar_of
from casework.operations.notifications.mail_queue import next_digest, next_working, queue_mail
from casework.permissions.actors import Actor, programmes_read

#: Of which events of a finding its owner is told; of an answer, the auditor who raised it.
OWNERS = ("assigned", "asked_again", "fell_due")
ANSWERED = "answered"
#: A finding with those who may be told of it, and how each wants to be told.
_READERS = text("""
    SELECT f.programme_id::text AS programme, p.id::text, p.zone, coalesce(n.choices, '{}') AS choices, coalesce(n.quiet, false) AS quiet
    FROM findings f JOIN people p ON p.id = CASE WHEN :answered THEN f.raised_by ELSE f.owner_id END AND p.active AND NOT p.service
    LEFT JOIN notification_preferences n ON n.person_id = p.id
    WHERE f.id = CAST(:finding AS uuid) AND CAST(p.id AS text) <> :actor
""")
#: Tells a person of a finding.
_NOTIFY = text(f"""
    INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, words, mail_id)
    VALUES (:id, :person, CAST(:person AS uuid), :seq, '{FINDING}', :about, :at, :what, CAST(:mail AS uuid)) ON CONFLICT DO NOTHING
""")


def tell_of_finding(db: Connection, event: RegisterEvent, now: datetime, *, mailing: bool) -> None:
    """Write the notices of an event of a finding, with the mails that say so too."""
    if event.kind not in (*OWNERS, ANSWERED):
        return
    given = {"finding": event.log, "answered": event.kind == ANSWERED, "actor": event.actor}
    for reader in db.execute(_READERS, given).all():
        mail = None
        if mailing:
            calendar, digest = calendar_of(db, reader.programme), choice_of(FINDING, reader.choices) == DIGEST
            send_at = (
                next_digest(now, reader.zone, calendar)
                if digest
                else next_working(now, calendar)
                if reader.quiet
                else now
            )
            key = (
                f"digest {reader.id} {send_at.isoformat()}"
                if digest
                else f"{FINDING} {event.log} {event.seq} {reader.id}"
            )
            mail = queue_mail(db, reader.id, key, DIGEST if digest else FINDING, at=now, send_at=send_at)
        notice = {
            "id": str(uuid_utils.uuid7()),
            "person": reader.id,
            "seq": event.seq,
            "about": event.log,
            "at": event.at,
        }
        db.execute(_NOTIFY, notice | {"what": event.kind, "mail": mail})


#: Of which case some findings are, and by when those that are open are to be answered; of the programmes whose findings somebody reads.
_ABOUT = text("""
    SELECT f.id::text AS id, c.number, CASE WHEN f.state = 'open' THEN f.due_at END AS due_at
    FROM findings f JOIN cases c ON c.id = f.case_id
    WHERE f.id = ANY(CAST(:ids AS uuid[])) AND f.programme_id = ANY(CAST(:programmes AS uuid[]))
""")


def find_about(db: Connection, actor: Actor, ids: Sequence[str]) -> dict[str, tuple[str, datetime | None]]:
    """By finding the number of its case, and by when it is to be answered; of those that the reader may read now."""
    rows = db.execute(_ABOUT, {"ids": ids, "programmes": programmes_read(actor)}) if ids else ()
    return {row.id: (row.number, row.due_at) for row in rows}


__all__ = ["OWNERS", "find_about", "tell_of_finding"]
