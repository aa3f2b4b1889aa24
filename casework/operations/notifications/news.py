"""What is new to a person since a page was shown that knows what was not read by then."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, text

from casework.operations.notifications.queries import ROWS, find_unread, seen_by, shown_as
from casework.operations.notifications.views import MOST_KNOWN, Notification, Unread
from casework.permissions.actors import Actor
from casework.records.row_security import whole

#: So many are named; of more the count tells.
MOST_NAMED = 3
#: Some of a person's notifications, the newest first.
_THESE = text(f"{ROWS} AND n.id = ANY(CAST(:ids AS uuid[])) ORDER BY n.id DESC")


@dataclass(frozen=True, kw_only=True, slots=True)
class News:
    """What is not read now, and the newest of it that the page does not know, the last first."""

    items: list[Notification]
    unread: Unread


def find_news(db: Connection, actor: Actor, known: str) -> News | None:
    """What has changed since a page was told `Unread.known`: something came, or was read elsewhere; None where nothing has.

    What is new is found by comparing, not by the last id: several write at once, and what is written first may be seen later.
    """
    unread = find_unread(db, actor)
    if unread.known == known:
        return None
    if not (ids := _unknown(unread, known)):
        return News(items=[], unread=unread)
    with whole(db):
        rows = db.execute(_THESE, seen_by(actor) | {"ids": ids}).all()
    return News(items=[shown_as(row) for row in rows], unread=unread)


def _unknown(unread: Unread, known: str) -> list[str]:
    told = set(known.split(".")[1:])
    ids = [id for id in unread.newest if id not in told]
    if len(told) >= MOST_KNOWN:
        # What stands below all that the page knows by name was not read before either.
        oldest = min((id for id in unread.newest if id in told), default="")
        ids = [id for id in ids if id > oldest]
    return ids[:MOST_NAMED]
