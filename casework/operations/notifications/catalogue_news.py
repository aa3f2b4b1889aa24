"""Telling people of what is new in the catalogue for them: a proposal for a need that they keep, a record that fits a search.

One alert for each need or search, until it is read: what comes meanwhile is found where it leads. It names nothing, so that whoever may
not read the need any more learns nothing of it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

import uuid_utils
from sqlalchemy import Connection, text

from casework.engine.analysis.notification_rules import CATALOGUE
from casework.engine.roles import Role
from casework.operations.core.notification_preferences import DIGEST, NONE, choice_of
from casework.operations.core.perform import calendar_of
from casework.operations.notifications.mail_queue import next_digest, queue_mail
from casework.records.access_sql import in_time
from casework.records.event_log import now

#: What such a notice tells of.
PROPOSAL, SEARCH, RENEWAL = "proposal", "search", "renewal"
#: Who keeps each of some needs: who entered it or put it right last, while an officer of its programme; else all its officers.
_KEEPERS = text(f"""
    WITH officers AS (
        SELECT DISTINCT m.person_id::text AS person FROM memberships m JOIN people p ON p.id = m.person_id AND p.active AND NOT p.service
        WHERE m.programme_id = CAST(:programme AS uuid) AND m.role = '{Role.OFFICER}' AND {in_time("m")}
    )
    SELECT n.id::text AS about, o.person FROM needs n CROSS JOIN LATERAL (
        SELECT e.actor_id AS person FROM events e JOIN officers f ON f.person = e.actor_id WHERE e.log_id = n.id ORDER BY e.seq DESC LIMIT 1
    ) o WHERE n.id = ANY(CAST(:needs AS uuid[]))
    UNION ALL
    SELECT n.id::text, f.person FROM needs n CROSS JOIN officers f WHERE n.id = ANY(CAST(:needs AS uuid[])) AND NOT EXISTS (
        SELECT FROM events e JOIN officers x ON x.person = e.actor_id WHERE e.log_id = n.id
    )
    ORDER BY 1, 2
""")
#: Some people with how they want to be told of this.
_READERS = text("""
    SELECT p.id::text, p.zone, coalesce(n.choices, '{}') AS choices FROM people p LEFT JOIN notification_preferences n ON n.person_id = p.id
    WHERE p.id = ANY(CAST(:ids AS uuid[])) AND p.active AND NOT p.service
""")
#: Tells a person of something once, until it is read.
_NOTIFY = text(f"""
    INSERT INTO notifications (id, person_id, log_id, seq, kind, about, at, words, mail_id)
    SELECT CAST(:id AS uuid), CAST(:person AS uuid), CAST(:person AS uuid), 1 + coalesce((
        SELECT max(n.seq) FROM notifications n WHERE n.person_id = CAST(:person AS uuid) AND n.kind = '{CATALOGUE}'
    ), 0), '{CATALOGUE}', :about, :at, :what, CAST(:mail AS uuid)
""")
#: Whether a person was told of it and has not read that.
_UNREAD = text(f"""
    SELECT about, person_id::text AS person FROM notifications
    WHERE kind = '{CATALOGUE}' AND words = :what AND about = ANY(:abouts) AND read_at IS NULL AND person_id = ANY(CAST(:people AS uuid[]))
""")


def tell_keepers(db: Connection, programme: str, needs: Collection[str], *, what: str, mailing: bool) -> None:
    """Tell those who keep some needs that something is new for them."""
    if needs:
        rows = db.execute(_KEEPERS, {"programme": programme, "needs": list(needs)}).all()
        tell(db, programme, [(row.person, row.about) for row in rows], what, mailing=mailing)


def tell(db: Connection, programme: str, whom: Iterable[tuple[str, str]], what: str, *, mailing: bool) -> None:
    """Tell people, each of a need or a search, on the pages and as each wants it by mail."""
    pairs = sorted(set(whom))
    given = {"what": what, "abouts": [about for _, about in pairs], "people": [person for person, _ in pairs]}
    known = {(row.person, row.about) for row in db.execute(_UNREAD, given)}
    readers = {row.id: row for row in db.execute(_READERS, {"ids": given["people"]})}
    calendar = calendar_of(db, programme) if mailing else None
    moment = now(db)
    for person, about in pairs:
        if (person, about) in known or person not in readers:
            continue
        id = str(uuid_utils.uuid7())
        reader, mail = readers[person], None
        how = choice_of(CATALOGUE, reader.choices)
        if calendar is not None and how != NONE:
            send_at = next_digest(moment, reader.zone, calendar) if how == DIGEST else moment
            mail = _queue(db, person, id, how, at=moment, send_at=send_at)
        db.execute(_NOTIFY, {"id": id, "person": person, "about": about, "at": moment, "what": what, "mail": mail})


def _queue(db: Connection, person: str, id: str, how: str, *, at: datetime, send_at: datetime) -> str | None:
    digest = how == DIGEST
    key = f"digest {person} {send_at.isoformat()}" if digest else f"{CATALOGUE} {id}"
    return queue_mail(db, person, key, DIGEST if digest else CATALOGUE, at=at, send_at=send_at)
