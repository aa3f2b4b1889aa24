"""Saved searches over needs and technologies: who keeps one is told of new records that fit it.

A search is a view of a list that somebody has saved: what its address asks for. It is looked at as its owner sees the list, by a job; of
what the list shows for want of better, since no record says all the words, nobody is told. Of one whose mails
are stopped alerts alone tell.
"""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.views import Need, Technology
from casework.operations.matching.listed_records import facets_asked, find_new
from casework.operations.matching.ranking import make_ready
from casework.operations.notifications.catalogue_news import SEARCH, tell
from casework.permissions.actors import Actor
from casework.records.actors import find_actor
from casework.records.database import savepoint, transaction
from casework.records.field_encryption import storable

_note = logging.getLogger(__name__)

#: How long a search rests, and how many are looked at in one transaction.
_REST, _AT_ONCE = "15 minutes", 20
#: A record has the moment at which its transaction began: so long after it whoever wrote it has committed.
_WRITTEN = "5 minutes"
#: Up to when a search that is looked at now tells of records.
_UNTIL = f"casework_now() - CAST('{_WRITTEN}' AS interval)"
#: That a search `v` is to be looked at.
_RESTED = f"v.page IN ('needs', 'technologies') AND v.told_at < {_UNTIL} - CAST('{_REST}' AS interval)"
#: Whether a search is to be looked at.
_ANY = text(f"SELECT EXISTS (SELECT FROM saved_views v WHERE {_RESTED})")
#: Searches that are to be looked at, the longest not seen first, with since when and until when records are new to them.
_TAKE = text(f"""
    WITH taken AS (
        SELECT v.id, v.told_at FROM saved_views v WHERE {_RESTED} ORDER BY v.told_at, v.id LIMIT :most FOR UPDATE SKIP LOCKED
    )
    UPDATE saved_views v SET told_at = {_UNTIL} FROM taken t WHERE v.id = t.id
    RETURNING v.id::text, v.person_id::text AS person, v.page, v.query, t.told_at AS since, v.told_at AS until, v.mailed
""")


def any_waiting(db: Connection) -> bool:
    """Whether a search is to be looked at."""
    waiting: bool = db.execute(_ANY).scalar_one()
    return waiting


def tell_searches(engine: Engine, *, mailing: bool) -> int:
    """Look at the searches that have rested, and tell their owners of new records; gives how many were looked at."""
    # The dictionary takes a moment to read: no transaction waits for it.
    make_ready()
    looked = 0
    while True:
        with transaction(engine) as db:
            rows = db.execute(_TAKE, {"most": _AT_ONCE}).all()
            for row in rows:
                try:
                    with savepoint(db):
                        _tell_of(db, row, mailing=mailing)
                except Exception as fault:  # whatever is wrong with one search is no reason to keep the others waiting
                    # Without its words, which may quote what somebody searches for.
                    _note.warning("a saved search could not be looked at: %s", type(fault).__name__)
        if not rows:
            return looked
        looked += len(rows)


def _tell_of(db: Connection, row: Any, *, mailing: bool) -> None:
    actor = find_actor(db, row.person)
    if actor is None:
        return
    programme = new_for(db, actor, row.page, row.query, since=row.since, until=row.until)
    if programme is not None:
        tell(db, programme, [(row.person, row.id)], SEARCH, mailing=mailing and row.mailed)


def new_for(db: Connection, actor: Actor, page: str, query: str, *, since: datetime, until: datetime) -> str | None:
    """The programme of a record that fits a search and came between two moments; None where there is none."""
    pairs = parse_qsl(query)
    if not storable(part for pair in pairs for part in pair):
        return None
    asked = dict(reversed(pairs))
    came: dict[str, Any] = {"said": asked.get("q", ""), "since": since, "until": until}
    found = (
        find_new(db, actor, Need, facets=facets_asked("need", asked), **came)
        if page == "needs"
        else find_new(db, actor, Technology, facets=facets_asked("technology", asked), **came)
    )
    return None if found is None else found.programme
