"""Which candidates may be one: groups of twins that a job has found, as long as nobody has merged them or said that they are two.
Reads only."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, text

from casework.engine.analysis.twins import groups_of
from casework.json_values import JsonObject

#: The pairs of a programme's twins that have one of some records in them, with those of which somebody said that they are two.
_PAIRS = text("""
    SELECT p.one_id::text AS one, p.other_id::text AS other, p.apart FROM twin_pairs p
    WHERE p.programme_id = CAST(:programme AS uuid)
    AND (p.one_id = ANY(CAST(:ids AS uuid[])) OR p.other_id = ANY(CAST(:ids AS uuid[]))) ORDER BY p.one_id, p.other_id
""")


def groups_among(db: Connection, programme: str, ids: Sequence[str]) -> JsonObject:
    """The groups among some records, each in order, and the pairs inside of these that are said to be two; nothing where there is none.

    They also hang together by a record that is none of these, as they do where people look at them.
    """
    rows = db.execute(_PAIRS, {"programme": programme, "ids": list(ids)}).all()
    among = set(ids)
    every = groups_of((row.one, row.other) for row in rows if not row.apart)
    groups = [inside for group in every if len(inside := [id for id in group if id in among]) > 1]
    if not groups:
        return {}
    place = {id: at for at, group in enumerate(groups) for id in group}
    apart = [
        [row.one, row.other]
        for row in rows
        if row.apart and row.one in place and place[row.one] == place.get(row.other, -1)
    ]
    return {"groups": groups, "apart": apart}
