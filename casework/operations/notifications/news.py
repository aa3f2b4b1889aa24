"""What is new to a person since a notification that a page knows already."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.operations.notifications.queries import ROWS, count_unread, read_id, seen_by, shown_as
from casework.operations.notifications.views import Notification
from casework.permissions.actors import Actor
from casework.records.row_security import whole

#: So many are named; of more the count tells.
MOST_NAMED = 3
_FIRST = "00000000-0000-0000-0000-000000000000"
#: The newest of those that a person has not read, after one. In the order of their ids, which is that in which they were written.
_SINCE = text(f"{ROWS} AND n.read_at IS NULL AND n.id > CAST(:since AS uuid) ORDER BY n.id DESC LIMIT :most")


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """The newest notifications, the last first, and how many are not read in all."""

    items: list[Notification]
    unread: int


def find_news(db: Connection, actor: Actor, since: str | None) -> News | None:
    """What the actor has not read and was told after that one; None where there is nothing. Raises NotFound for what is no id."""
    given = seen_by(actor) | {"since": read_id(since) if since else _FIRST, "most": MOST_NAMED}
    with whole(db):
        rows = db.execute(_SINCE, given).all()
    if not rows:
        return None
    return News(items=[shown_as(row) for row in rows], unread=count_unread(db, actor))
