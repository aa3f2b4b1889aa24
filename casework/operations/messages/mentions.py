"""Mentions: who was told of a message, and has opened it or not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from casework.errors import NotFound
from casework.ledger.canonical_json import instant
from casework.operations.core.idempotency import Done, Request, ask, finish
from casework.operations.core.paging import Page, insist_limit, newest_after, page
from casework.operations.core.reader_names import titled
from casework.operations.messages.threads import Thread
from casework.operations.messages.views import Mention
from casework.permissions.actors import Actor
from casework.permissions.visibility import reach
from casework.records.access_sql import named_for, own_referral, reach_values, reads_case

#: The mentions of a person that they may still read, the newest first.
#: The same policy as `permissions.visibility.reads_messages`: who may not read it any more is not told of it either.
_MINE = f"""
    SELECT m.id, m.message_id, m.made_at, m.read_at, m.track_id, t.kind AS service, l.kind, m.log_id, c.number,
        coalesce({titled("c")}, d.title) AS title
    FROM mentions m JOIN logs l ON l.id = m.log_id LEFT JOIN cases c ON c.id = m.log_id
    LEFT JOIN mediations d ON d.id = m.log_id LEFT JOIN tracks t ON t.id = m.track_id
    WHERE m.person_id = CAST(:person AS uuid)
    AND ({reads_case("c")} OR {named_for("d")} OR {own_referral("t", "coalesce(c.interests, d.interests)")})
    {{more}} ORDER BY m.made_at DESC, m.id DESC LIMIT :most
"""


def list_mentions(
    db: Connection, actor: Actor, *, unread: bool = False, cursor: str | None = None, limit: int | None = None
) -> Page[Mention]:
    """Messages that mention the actor and that the actor may still read, the newest first."""
    most, (more, after) = insist_limit(limit), newest_after(cursor, "m.")
    given: dict[str, Any] = {**reach_values(reach(actor)), "most": most + 1, **after}
    if unread:
        more += " AND m.read_at IS NULL"
    rows = db.execute(text(_MINE.format(more=more)), given).all()
    shown, following = page(rows, most, lambda row: (row.made_at, row.id))
    return Page(
        items=[
            Mention(
                id=row.id,
                message=str(row.message_id),
                audience="internal" if row.track_id is None else "shared",
                number=row.number,
                title=row.title,
                referral=row.track_id,
                service=row.service,
                mediation=row.log_id if row.kind == "mediation" and row.track_id is None else None,
                at=instant(row.made_at),
                read_at=instant(row.read_at) if row.read_at else None,
            )
            for row in shown
        ],
        next=following,
    )


def open_mention(db: Connection, actor: Actor, mention: str, request: Request) -> Done:
    """The actor has seen it. Raises NotFound for one that is not the actor's."""
    if (earlier := ask(db, actor, request)) is not None:
        return earlier
    row = db.execute(
        text(
            "UPDATE mentions SET read_at = coalesce(read_at, casework_now()) WHERE id = CAST(:id AS uuid)"
            " AND person_id = CAST(:person AS uuid) RETURNING read_at"
        ),
        {"id": mention, "person": actor.person},
    ).one_or_none()
    if row is None:
        raise NotFound("mention")
    return finish(db, actor, request, Done({"id": mention, "read_at": instant(row.read_at)}))


def open_mentions(db: Connection, actor: Actor, thread: Thread) -> None:
    """The actor has opened a thread, and with it whatever mentions the actor there."""
    db.execute(
        text(
            "UPDATE mentions SET read_at = casework_now() WHERE person_id = CAST(:person AS uuid)"
            " AND log_id = CAST(:log AS uuid) AND track_id IS NOT DISTINCT FROM CAST(:track AS uuid) AND read_at IS NULL"
        ),
        {
            "person": actor.person,
            "log": thread.case.log,
            "track": thread.referral.id if thread.referral else None,
        },
    )
