"""What people, organisations and the entries of lists were called at a past moment, as their own logs told it by then.

What was erased since has no name of then: it is called as it is now. So is what no log tells of as early as that.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from sqlalchemy import Connection, text

from casework.engine.case_objects.letterheads import COPIED
from casework.engine.case_objects.programme_lists import LIST_SET, Entry, overlay
from casework.json_values import JsonMapping, is_id
from casework.operations.core.installation_log import FOUND
from casework.operations.core.presenters import names_of
from casework.operations.core.programme_lists import keys_among, named_in
from casework.operations.core.reader_names import reads_chinese
from casework.operations.core.register_entries import fold
from casework.records.event_log import register_event_of

#: What the logs of people and organisations had told by a moment of their own entries, in order.
_TOLD = text("""
    SELECT e.header, e.effects, e.body FROM events e JOIN logs l ON l.id = e.log_id
    WHERE e.log_id = ANY(CAST(:ids AS uuid[])) AND e.at <= :at AND l.kind IN ('person', 'organisation')
    AND e.body ?| ARRAY['people/' || e.log_id::text, 'organisations/' || e.log_id::text] ORDER BY e.log_id, e.seq
""")
#: What a programme had said by a moment of the entries of its lists, in order.
_LISTS = text("""
    SELECT header, effects, body FROM events
    WHERE log_id = CAST(:programme AS uuid) AND kind = ANY(:kinds) AND at <= :at ORDER BY seq
""")


def names_then(db: Connection, people: set[str | None], organisations: set[str | None], at: datetime) -> dict[str, str]:
    """By id what people and organisations were called at a moment, in the language of whoever reads.

    An organisation that had been merged by then is called as the one in its place was.
    """
    wanted = {id for id in {*people, *organisations} if id and is_id(id)}
    told = _told(db, wanted, at)
    in_place = {
        id: str(row["merged_into"]) for id, row in told.items() if row.get("merged_into") and id in organisations
    }
    told |= _told(db, set(in_place.values()) - told.keys(), at)
    names = {id: name for id in wanted if (name := _name(db, told.get(in_place.get(id, id)))) is not None}
    left = set[str | None](wanted - names.keys())
    return names_of(db, left & people, left & organisations) | names if left else names


def _told(db: Connection, ids: Collection[str], at: datetime) -> dict[str, JsonMapping]:
    if not ids:
        return {}
    events = (
        register_event_of(row.header, row.effects, row.body)
        for row in db.execute(_TOLD, {"ids": sorted(ids), "at": at})
    )
    tables = fold(events)
    rows = {**tables.get("people", {}), **tables.get("organisations", {})}
    return {id: row for id, row in rows.items() if id in ids and isinstance(row, Mapping)}


def _name(db: Connection, row: JsonMapping | None) -> str | None:
    if row is None:
        return None
    name = row.get("name_zh") if reads_chinese(db) else None
    return str(name or row["name"]) if name or row.get("name") else None


def listed_then(db: Connection, programme: str, values: Iterable[object], at: datetime) -> dict[str, Entry]:
    """Of some answers those that were entries of catalogues of a programme at a moment, retired ones too."""
    keys = keys_among(values)
    if not keys:
        return {}
    rows = db.execute(_LISTS, {"programme": programme, "kinds": [LIST_SET, COPIED, FOUND], "at": at})
    told = fold(register_event_of(row.header, row.effects, row.body) for row in rows).get("list_entries", {})
    return named_in(overlay(row for row in told.values() if isinstance(row, Mapping)), keys)
