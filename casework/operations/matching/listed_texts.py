"""What the records on a list say, field by field: in which of them each word stands, and the two sentences closest to a need's. Reads only.

Of those alone that are listed: what the other candidates say is of no use to the list.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from casework.matching.said_fields import fields_saying
from casework.operations.matching.meanings import kept_as, told_by
from casework.operations.matching.similar_texts import Similar

#: So much of a sentence is shown.
_SHOWN = 300
#: In which fields a title stands, and the rest that is found; in the order in which a record is told.
TITLES = ("title", "title_zh")
BODIES = ("problem", "advantage", "description", "benefits")
#: What some technologies say, with the signs of their sentences.
_LISTED = text("""
    SELECT t.id::text, t.title, t.title_zh, t.problem, t.advantage, t.description, array_to_string(t.benefits, ' ') AS benefits, m.sentences
    FROM technologies t LEFT JOIN record_meanings m ON m.record_id = t.id AND m.model = :model
    WHERE t.id = ANY(CAST(:ids AS uuid[])) ORDER BY t.id
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedTexts:
    """What some technologies say, by their ids, read once."""

    rows: Mapping[str, Any]

    def fields(self, counts: Mapping[str, Mapping[str, Sequence[int]]]) -> dict[str, dict[str, list[str]]]:
        """By technology and field the terms that it says there, of those that are asked for and counted in it."""
        told = {}
        for id, row in self.rows.items():
            said = {name: row._mapping[name] or "" for name in (*TITLES, *BODIES)}
            titles, bodies = ({name: said[name] for name in names if said[name]} for names in (TITLES, BODIES))
            told[id] = fields_saying(titles, bodies, counts.get(id, {}))
        return told

    def closest_pairs(self, similar: Similar, ids: Collection[str]) -> dict[str, list[str]]:
        """Of a text and some technologies the two sentences that mean most of the same: the text's own, and the technology's."""
        among = [
            row for id, row in self.rows.items() if id in ids and id in similar.ranks and row.sentences is not None
        ]
        if not among:
            return {}
        from casework.matching.directions import closest_sentences

        pairs: dict[str, list[str]] = {}
        for row in among:
            place = closest_sentences(similar.signs, bytes(row.sentences))
            if place is not None:
                pairs[row.id] = [similar.said[place[0]][:_SHOWN], told_by(row)[place[1]][:_SHOWN]]
        return pairs


def read_listed(db: Connection, similar: Similar, ids: Sequence[str]) -> ListedTexts:
    """What some technologies say, and of which sentences the model keeps the signs."""
    given = {"ids": list(ids), "model": kept_as(similar.model)}
    return ListedTexts(rows={row.id: row for row in db.execute(_LISTED, given)})
