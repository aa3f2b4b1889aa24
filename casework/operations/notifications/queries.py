"""What a person has been told: the notifications of the pages. Whatever one may no longer see is not told any more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from casework.engine.analysis.notification_rules import CATALOGUE, FINDING
from casework.engine.parts import REFERRAL
from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.core.overdue_sql import STILL
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, insist_limit, page
from casework.operations.core.presenters import when
from casework.operations.notifications.views import MOST_KNOWN, Notification, Unread
from casework.operations.people.role_notices import told_in
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.reasons.terms import Noun
from casework.records.access_sql import (
    named_for,
    opened_case,
    opened_mediation,
    own_referral,
    reach_values,
    reads_case,
)
from casework.records.row_security import whole

#: More unread ones than this are not counted.
MOST_COUNTED = 99

_INTERESTS = "coalesce(c.interests, m.interests)"
#: A person's notifications that they may still see.
#: A provider is told of its own referrals alone, and of what runs inside them; everybody of the own account; of roles who looks
#: after the programme.
SEEN = f"""
    FROM notifications n JOIN logs l ON l.id = n.log_id LEFT JOIN cases c ON c.id = n.log_id
    LEFT JOIN mediations m ON m.id = n.log_id LEFT JOIN tracks r ON r.id = n.track_id LEFT JOIN tracks a ON a.id = r.parent_id
    LEFT JOIN tasks t ON t.id = n.task_id
    WHERE n.person_id = CAST(:person AS uuid) AND (n.log_id = n.person_id OR n.log_id = ANY(CAST(:told_in AS uuid[]))
        OR NOT CAST(:person AS text) = ANY({_INTERESTS}) AND (
        {reads_case("c")} OR {named_for("m")} OR {opened_case("c")} OR {opened_mediation("m")}
        OR {own_referral("r", _INTERESTS)} OR {own_referral("a", _INTERESTS)} OR EXISTS (
            SELECT FROM openings o WHERE o.log_id = n.log_id AND o.decider_id = CAST(:person AS uuid)
            AND o.state IN ('asked', 'open')
        )
    ))
"""
#: What a notification of an emergency tells. Who opened a case in an emergency, and who gave that person the role.
_OPENED = """
    SELECT jsonb_build_object('by', o.name, 'given', e.effects->'role_given', 'names', (
        SELECT coalesce(jsonb_object_agg(p.id, p.name), '{}') FROM people p WHERE CAST(p.id AS text) IN (
            e.effects->'role_given'->>'by', e.effects->'role_given'->>'agreed_by'
        )
    )) FROM events e LEFT JOIN people o ON CAST(o.id AS text) = e.actor_id WHERE e.log_id = n.log_id AND e.seq = n.seq
"""
#: A person's notifications, with what each is about and where it leads.
ROWS = f"""
    SELECT n.id, n.log_id, n.seq, n.kind, n.about, n.at, n.edition, n.words, n.track_id, n.task_id, n.read_at,
        CASE WHEN NOT coalesce({STILL}, false) THEN n.due_at END AS due_at,
        l.kind AS log_kind, c.number, t.type AS task_type, t.closed_at, r.part, r.parent_id,
        c.programme_id = ANY(CAST(:all_of AS uuid[])) AS inside, (
            SELECT o.id FROM openings o WHERE o.log_id = n.log_id AND o.decider_id = CAST(:person AS uuid)
            AND o.state IN ('asked', 'open') ORDER BY o.id DESC LIMIT 1
        ) AS unsealing, CASE WHEN n.kind = 'emergency' THEN ({_OPENED}) END AS opened {SEEN}
"""
#: How many notifications a person has not read, up to a most, and their ids.
_UNREAD = text(f"""
    SELECT count(*) AS unread, coalesce(array_agg(CAST(x.id AS text) ORDER BY x.id DESC), '{{}}') AS ids
    FROM (SELECT n.id {SEEN} AND n.read_at IS NULL ORDER BY n.id DESC LIMIT :most) x
""")

#: Whether anything that one may see was told of a case.
_TOLD_OF = text(f"SELECT EXISTS (SELECT {SEEN} AND n.log_id = CAST(:log AS uuid))")


def seen_by(actor: Actor) -> JsonObject:
    """What the policy's conditions read of a person."""
    return reach_values(reach(actor)) | {"told_in": told_in(actor)}


def find_unread(db: Connection, actor: Actor) -> Unread:
    """What the actor has not read, counted up to `MOST_COUNTED` and one more."""
    with whole(db):
        row = db.execute(_UNREAD, seen_by(actor) | {"most": MOST_COUNTED + 1}).one()
    return Unread(count=row.unread, newest=tuple(row.ids[:MOST_KNOWN]))


def count_unread(db: Connection, actor: Actor) -> int:
    """How many notifications the actor has not read, up to `MOST_COUNTED` and one more."""
    return find_unread(db, actor).count


def list_notifications(
    db: Connection, actor: Actor, *, unread: bool = False, cursor: str | None = None, limit: int | None = None
) -> Page[Notification]:
    """What the actor was told, the newest first: kind, number, the text that names the action, and where it leads."""
    most, given, more = insist_limit(limit), seen_by(actor), " AND n.read_at IS NULL" if unread else ""
    if keys := from_cursor(cursor, 2):
        more += " AND (n.at, n.id) < (:at, CAST(:id AS uuid))"
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    # Who is to agree to an unsealing is told of what stays sealed from that person: the query asks who may be told.
    with whole(db):
        rows = db.execute(
            text(f"{ROWS} {more} ORDER BY n.at DESC, n.id DESC LIMIT :most"), given | {"most": most + 1}
        ).all()
    shown, following = page(rows, most, lambda row: (row.at, row.id))
    return Page(items=[shown_as(row) for row in shown], next=following)


def find_notification(db: Connection, actor: Actor, id: str) -> Notification:
    """One of the actor's. Raises NotFound."""
    with whole(db):
        row = db.execute(
            text(f"{ROWS} AND n.id = CAST(:id AS uuid)"), seen_by(actor) | {"id": read_id(id)}
        ).one_or_none()
    if row is None:
        raise NotFound("notification")
    return shown_as(row)


def read_id(id: str, noun: Noun = "notification") -> str:
    """An id as it stands in an address. Raises NotFound for what is none."""
    try:
        return str(UUID(id))
    except ValueError:
        raise NotFound(noun) from None


def shown_as(row: Any) -> Notification:
    """A row of `ROWS` as it is handed out."""
    return Notification(
        id=row.id,
        kind=row.kind,
        at=when(row.at),
        read=row.read_at is not None,
        number=row.number,
        sealed=row.log_kind == "mediation",
        account=row.log_kind == "person" and row.kind not in (CATALOGUE, FINDING),
        catalogue=row.about if row.kind == CATALOGUE else None,
        finding=row.about if row.kind == FINDING else None,
        role_request=row.about if row.log_kind == "programme" else None,
        edition=row.edition,
        words=row.words,
        due_at=when(row.due_at),
        task=row.task_id,
        step=row.task_type in (None, "step"),
        done=row.closed_at is not None,
        log=row.log_id,
        unsealing=row.unsealing,
        opened=row.opened,
        referral=row.track_id if row.part == REFERRAL else row.parent_id,
        inside=bool(row.inside) or row.log_kind == "mediation" and row.part is None,
    )


def mark_read(db: Connection, actor: Actor, id: str) -> Notification:
    """The actor has read one; once and for all. Raises NotFound."""
    notification = find_notification(db, actor, id)
    db.execute(
        text("UPDATE notifications SET read_at = coalesce(read_at, casework_now()) WHERE id = CAST(:id AS uuid)"),
        {"id": id},
    )
    return replace(notification, read=True)


def mark_case_read(db: Connection, actor: Actor, log: str) -> int:
    """The actor has read all that was told of one case; gives how many were new. Raises NotFound where nothing is shown of it."""
    given = seen_by(actor) | {"log": read_id(log)}
    with whole(db):
        if not db.execute(_TOLD_OF, given).scalar_one():
            raise NotFound("notification")
    return db.execute(
        text(
            "UPDATE notifications SET read_at = casework_now() WHERE person_id = CAST(:person AS uuid)"
            " AND log_id = CAST(:log AS uuid) AND read_at IS NULL"
        ),
        {"person": actor.person, "log": given["log"]},
    ).rowcount


def mark_all_read(db: Connection, actor: Actor) -> int:
    """The actor has read all that there are; gives how many were new."""
    return db.execute(
        text(
            "UPDATE notifications SET read_at = casework_now() WHERE person_id = CAST(:person AS uuid) AND read_at IS NULL"
        ),
        {"person": actor.person},
    ).rowcount
