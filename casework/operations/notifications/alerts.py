"""What a person was told, by case: who did what, and which of it is still to do. Nothing that the reader's history does not show."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.engine.analysis.notification_rules import (
    CATALOGUE,
    DECISION,
    DUE,
    FINDING,
    MENTION,
    OFFER,
    OVERDUE,
    QUESTION,
    REMINDER,
    RETURN,
    TASK,
)
from casework.operations.cases.case_events import ENTERED, EventRow, people_of, told_of
from casework.operations.core.event_views import task_key
from casework.operations.core.paging import Page, cursor_id, cursor_time, from_cursor, page
from casework.operations.core.presenters import names_of
from casework.operations.core.reader_names import titled
from casework.operations.core.unread import SHOWN_TO_PROVIDERS
from casework.operations.notifications.queries import MOST_COUNTED, ROWS, SEEN, seen_by, shown_as
from casework.operations.notifications.views import Alert, AlertCounts, AlertGroup
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.row_security import whole

#: So many of the newest stand on a page, in groups; older ones of the same cases stand on the next.
ON_A_PAGE = 80
_ASKS = f"('{TASK}', '{DECISION}', '{OFFER}', '{QUESTION}', '{RETURN}', '{DUE}', '{REMINDER}', '{OVERDUE}')"
#: Something still waits for the reader: a task that is open and not with somebody else, or a request whose next task is theirs.
_TO_DO = f"""(n.kind IN {_ASKS} AND t.closed_at IS NULL AND CASE
    WHEN t.id IS NULL THEN n.kind <> '{OVERDUE}' AND EXISTS (
        SELECT FROM tasks y WHERE y.track_id = n.track_id AND y.closed_at IS NULL
        AND (y.organisation_id IS NULL) = coalesce(c.programme_id = ANY(CAST(:all_of AS uuid[])), false)
        AND (y.holder_id IS NULL OR y.holder_id = CAST(:person AS uuid))
    )
    WHEN n.kind = '{OVERDUE}' THEN t.holder_id = CAST(:person AS uuid)
    ELSE t.holder_id IS NULL OR t.holder_id = CAST(:person AS uuid) END)"""
#: A task that is over its limit and still open.
_LATE = f"(n.kind = '{OVERDUE}' AND t.id IS NOT NULL AND t.closed_at IS NULL)"
_MENTIONS = f"(n.kind = '{MENTION}')"
#: Told of a case that the reader follows.
_FOLLOWED = "EXISTS (SELECT FROM follows f WHERE f.person_id = n.person_id AND f.log_id = n.log_id)"
ALL, TO_DO, MENTIONS, LATE, FOLLOWED, READ = "all", "to_do", "mentions", "late", "followed", "read"
#: What the page can be asked to show.
SHOWS: Mapping[str, str] = {
    ALL: "", TO_DO: f"AND {_TO_DO}", MENTIONS: f"AND {_MENTIONS}", LATE: f"AND {_LATE}",
    FOLLOWED: f"AND {_FOLLOWED}", READ: "AND n.read_at IS NOT NULL",
}  # fmt: skip
#: Each with its event: to whom reads the whole case as it is, to a provider as the history of its referral has it, and of
#: what is sealed none.
_BESIDE = f"""
    SELECT x.*, {titled("h")} AS title, e.kind AS event, e.header, e.effects, e.body, to_jsonb(w) AS about_task,
        CASE WHEN e.effects ? 'paper' THEN (
            SELECT d.body->'title'->>'value' FROM events d WHERE {ENTERED} AND (x.inside OR d.track_id = e.track_id)
        ) END AS paper,
        EXISTS (SELECT FROM follows f WHERE f.person_id = CAST(:person AS uuid) AND f.log_id = x.log_id) AS followed FROM (
"""
#: What stands behind the notifications themselves in that statement.
_EVENTS = f"""
    ) x LEFT JOIN cases h ON h.id = x.log_id AND x.inside
    LEFT JOIN events e ON e.log_id = x.log_id AND e.seq = x.seq AND x.log_kind = 'case' AND (
        x.inside OR (e.track_id = x.track_id OR e.track_id = x.parent_id) AND {SHOWN_TO_PROVIDERS}
    )
    LEFT JOIN tasks w ON x.inside AND w.id = CAST(e.effects->>'task' AS uuid)
    ORDER BY x.at DESC, x.id DESC
"""
#: How many are not read, of each sort, up to a most.
_COUNTS = text(f"""
    SELECT count(*) AS unread, count(DISTINCT x.log_id) FILTER (WHERE x.log_kind = 'case') AS cases,
        count(*) FILTER (WHERE x.log_kind <> 'case') AS elsewhere, count(*) FILTER (WHERE x.to_do) AS to_do,
        count(*) FILTER (WHERE x.mentions) AS mentions, count(*) FILTER (WHERE x.late) AS late,
        count(*) FILTER (WHERE x.followed) AS followed
    FROM (
        SELECT n.log_id, l.kind AS log_kind, {_TO_DO} AS to_do, {_MENTIONS} AS mentions, {_LATE} AS late, {_FOLLOWED} AS followed {SEEN}
        AND n.read_at IS NULL LIMIT :most
    ) x
""")


def count_alerts(db: Connection, actor: Actor) -> AlertCounts:
    """How much the actor has not read, of each sort; up to `MOST_COUNTED` and one more in all."""
    with whole(db):
        row = db.execute(_COUNTS, seen_by(actor) | {"most": MOST_COUNTED + 1}).one()
    return AlertCounts(**row._mapping)


def list_alerts(db: Connection, actor: Actor, show: str = ALL, *, cursor: str | None = None) -> Page[AlertGroup]:
    """What the actor was told, by case, the case with the newest first; `show` is one of `SHOWS`."""
    given, more = seen_by(actor), SHOWS[show]
    if keys := from_cursor(cursor, 2):
        more += " AND (n.at, n.id) < (:at, CAST(:id AS uuid))"
        given |= {"at": cursor_time(keys[0]), "id": cursor_id(keys[1])}
    with whole(db):
        rows = db.execute(
            text(f"{_BESIDE} {ROWS} {more} ORDER BY n.at DESC, n.id DESC LIMIT :most {_EVENTS}"),
            given | {"most": ON_A_PAGE + 1},
        ).all()
    shown, following = page(rows, ON_A_PAGE, lambda row: (row.at, row.id))
    events = {
        row.id: EventRow(kind=row.event, header=row.header, effects=row.effects, body=row.body, title=row.paper)
        for row in shown
        if row.header
    }
    named = {person for event in events.values() for person in people_of(event)}
    names = names_of(db, named, named)
    organisations, library = reach(actor).organisations, load_library()
    groups: dict[str, AlertGroup] = {}
    for row in shown:
        # What is new in the catalogue, and findings, stand in the reader's own log, apart from what happened to the account.
        own = row.kind if row.kind in (CATALOGUE, FINDING) else ""
        group = groups.setdefault(
            f"{row.log_id} {own}",
            AlertGroup(log=row.log_id, title=row.title, followed=row.followed, items=[]),
        )
        event = (
            told_of(
                events[row.id],
                names,
                whole=row.inside,
                ours=row.inside or row.header["organisation"] in organisations,
                library=library,
                task=task_key(row.about_task),
            )
            if row.id in events
            else None
        )
        group.items.append(Alert(told=shown_as(row), event=event))
    return Page(items=list(groups.values()), next=following)
