"""What a need or a technology can be matched with: the records of the other kind, and with which of them it is matched already."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import Connection, TextClause, text

from casework.operations.catalogue import service as catalogue
from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.paging import Page
from casework.operations.core.record_log import Kept
from casework.permissions.actors import Actor

OTHER: Mapping[Kept, Kept] = {"need": "technology", "technology": "need"}


def list_candidates(
    db: Connection, actor: Actor, noun: Kept, programme: str, *, words: str = "", cursor: str | None = None
) -> Page[Need] | Page[Technology]:
    """Records of a programme with which one of its needs or technologies (`noun`) may be matched, the newest first."""
    filters = {"programme": programme} | ({"title": words} if words else {})
    if noun == "need":
        return catalogue.list_records(db, actor, Technology, filters=filters, cursor=cursor, limit=25)
    return catalogue.list_records(db, actor, Need, filters=filters, cursor=cursor, limit=25)


def standing_matches(db: Connection, noun: Kept, id: str, others: Collection[str]) -> dict[str, str]:
    """By the other side the match in which both stand already."""
    rows = db.execute(_STANDING[noun], {"id": id, "others": sorted(others)})
    return {row.other: row.match for row in rows}


#: The matches of a record with some of the other kind.
_STANDING: Mapping[Kept, TextClause] = {
    "need": text(
        "SELECT id::text AS match, technology_id::text AS other FROM matches WHERE need_id = CAST(:id AS uuid)"
        " AND technology_id = ANY(CAST(:others AS uuid[]))"
    ),
    "technology": text(
        "SELECT id::text AS match, need_id::text AS other FROM matches WHERE technology_id = CAST(:id AS uuid)"
        " AND need_id = ANY(CAST(:others AS uuid[]))"
    ),
}
