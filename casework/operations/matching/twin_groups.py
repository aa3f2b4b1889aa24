"""Which candidates may be one: groups of twins that a job has found, as long as nobody has merged them or said that they are two.
Reads only."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, text

from casework.engine.analysis.twins import NEARLY_SAME, groups_of
from casework.engine.case_objects.kept_records import FIELDS, TECHNOLOGY
from casework.json_values import JsonObject

#: The pairs of a programme's twins that have one of some records in them, with those of which somebody said that they are two.
_PAIRS = text("""
    SELECT p.one_id::text AS one, p.other_id::text AS other, p.apart, p.likeness > :nearly_same AS same FROM twin_pairs p
    WHERE p.programme_id = CAST(:programme AS uuid)
    AND (p.one_id = ANY(CAST(:ids AS uuid[])) OR p.other_id = ANY(CAST(:ids AS uuid[]))) ORDER BY p.one_id, p.other_id
""")


def groups_among(db: Connection, programme: str, ids: Sequence[str]) -> JsonObject:
    """The groups among some records, each in order, and the pairs inside of these that are said to be two, or that tell nearly the same
    word by word; nothing where there is none.

    They also hang together by a record that is none of these, as they do where people look at them.
    """
    rows = db.execute(_PAIRS, {"programme": programme, "ids": list(ids), "nearly_same": NEARLY_SAME}).all()
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
    same = [
        [row.one, row.other]
        for row in rows
        if row.same and not row.apart and row.one in place and place[row.one] == place.get(row.other, -1)
    ]
    return {"groups": groups, "apart": apart} | ({"same": same} if same else {})


#: How many fields of a technology say something.
_FILLED = " + ".join(
    f"CAST(coalesce(CAST(t.{name} AS text), '') NOT IN ('', '[]', '{{}}', 'null') AS integer)"
    for name in FIELDS[TECHNOLOGY]
)
#: Of some technologies whether a statement of the verification counts, how many fields say something, how many values somebody stands for,
#: and since when the last of these.
_DOCUMENTED = text(f"""
    SELECT t.id::text, CAST(coalesce(t.verification, 'null') <> 'null' AND stood.for_verification AS integer) AS verified,
        {_FILLED} AS filled, stood.confirmed, stood.last
    FROM technologies t CROSS JOIN LATERAL (
        SELECT count(*) AS confirmed, coalesce(bool_or(o.key = 'verification'), false) AS for_verification,
            coalesce(max(coalesce(o.value ->> 'confirmed_at', o.value ->> 'at', '') COLLATE "C"), '') AS last
        FROM jsonb_each(t.provenance) o WHERE o.value ->> 'confirmed_by' <> ''
    ) stood WHERE t.id = ANY(CAST(:ids AS uuid[])) ORDER BY t.id
""")


def documented_of(db: Connection, ids: Collection[str]) -> JsonObject:
    """How well some technologies are documented, to compare twins by.

    What one types in passing is all confirmed, and says little: so what is said comes before who stands for it.
    """
    rows = db.execute(_DOCUMENTED, {"ids": sorted(ids)})
    return {row.id: [row.verified, row.filled, row.confirmed, row.last] for row in rows}
