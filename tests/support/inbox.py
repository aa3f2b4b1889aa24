"""Referrals that a test has changed past the engine lie in inboxes as they are now."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.definitions import names_of_part
from casework.engine.parts import HANDED_IN
from casework.operations.referrals.inbox import PLACES

_WRITE = f"""
    UPDATE tracks r SET inbox = p.tab, inbox_at = p.at FROM tracks o LEFT JOIN ({PLACES}) p ON p.id = o.id
    WHERE o.id = r.id AND (r.inbox, r.inbox_at) IS DISTINCT FROM (p.tab, p.at)
"""
_KEPT = "SELECT r.id, r.inbox, r.inbox_at FROM tracks r WHERE r.inbox IS NOT NULL ORDER BY r.id"
_ASKED = f"SELECT * FROM ({PLACES}) p ORDER BY p.id"


def write_inbox(db: Connection) -> None:
    """Write the place of every referral anew."""
    db.execute(text(_WRITE), {"handed_in": names_of_part(HANDED_IN)})


def insist_on_inbox(db: Connection) -> None:
    """The places that are kept are those that a query finds in the tasks of each referral."""
    given = {"handed_in": names_of_part(HANDED_IN)}
    asked = db.execute(text(_ASKED), given).all()
    assert [tuple(row) for row in db.execute(text(_KEPT))] == [tuple(row) for row in asked]
