"""Saved searches over needs and technologies: who keeps one is told of new records that fit it.

A search is a view of a list that somebody has saved: what its address asks for. It is looked at as its owner sees the list, by a job.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import parse_qsl

from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.service import list_records
from casework.operations.catalogue.views import Need, Technology
from casework.operations.notifications.catalogue_news import SEARCH, tell
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import transaction

#: By what an address asks the filter of the list; one that is not known narrows nothing.
_FILTERS = {"q": "title", "stands": "stands", "source": "source"}
#: How long a search rests, and how many are looked at in one transaction.
_REST, _AT_ONCE = "15 minutes", 20
#: Whether a search is to be looked at.
_ANY = text(f"""
    SELECT EXISTS (SELECT FROM saved_views v WHERE v.page IN ('needs', 'technologies')
        AND v.told_at < casework_now() - CAST('{_REST}' AS interval))
""")
#: Searches that are to be looked at, the longest not seen first, with since when records are new to them.
_TAKE = text(f"""
    WITH taken AS (
        SELECT v.id, v.told_at FROM saved_views v WHERE v.page IN ('needs', 'technologies')
        AND v.told_at < casework_now() - CAST('{_REST}' AS interval) ORDER BY v.told_at, v.id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE saved_views v SET told_at = casework_now() FROM taken t WHERE v.id = t.id
    RETURNING v.id::text, v.person_id::text AS person, v.page, v.query, t.told_at AS since
""")


def any_waiting(db: Connection) -> bool:
    """Whether a search is to be looked at."""
    waiting: bool = db.execute(_ANY).scalar_one()
    return waiting


def tell_searches(engine: Engine, *, mailing: bool) -> int:
    """Look at the searches that have rested, and tell their owners of new records; gives how many were looked at."""
    looked = 0
    while True:
        with transaction(engine) as db:
            rows = db.execute(_TAKE, {"most": _AT_ONCE}).all()
            for row in rows:
                actor = find_actor(db, row.person)
                if actor is not None and (programme := new_for(db, actor, row.page, row.query, row.since)) is not None:
                    tell(db, programme, [(row.person, row.id)], SEARCH, mailing=mailing)
        if not rows:
            return looked
        looked += len(rows)


def new_for(db: Connection, actor: Actor, page: str, query: str, since: datetime) -> str | None:
    """The programme of the newest record that fits a search and came since a moment; None where there is none."""
    asked = {_FILTERS[name]: value for name, value in parse_qsl(query) if name in _FILTERS}
    filters = {**asked, "since": since}
    if page == "needs":
        return next((one.programme for one in list_records(db, actor, Need, filters=filters, limit=1).items), None)
    return next((one.programme for one in list_records(db, actor, Technology, filters=filters, limit=1).items), None)
