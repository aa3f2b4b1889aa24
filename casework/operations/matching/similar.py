"""Records that are like one: those that may be the same, as a job has found, and those that say most of the same. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, TextClause, text

from casework.operations.catalogue.views import Need, Technology
from casework.operations.core.reader_names import entitled
from casework.operations.core.record_log import TABLES, Kept
from casework.operations.matching.ranking import gather, rank, shipped_glossary
from casework.permissions.actors import Actor
from casework.permissions.visibility import closed_of, reach
from casework.records.access_sql import shows_need

#: So many are told of a record, and so much of its text is compared.
MOST, LONGEST = 5, 1_000
#: What says less than this share of what the record says of itself is not like it.
_LIKE = 0.15


@dataclass(frozen=True, kw_only=True, slots=True)
class Similar:
    """A record that is like another."""

    id: str
    title: str
    #: How much of their words is in both, from 0 to 1, where they may be one; None where it says much of the same.
    twin: float | None


def _called(noun: Kept) -> TextClause:
    """What records of a programme are called, of needs those that are shown to who asks."""
    shown = shows_need("x") if noun == "need" else "true"
    return text(f"""
        SELECT x.id::text, {entitled("x")} AS title FROM {TABLES[noun]} x
        WHERE x.id = ANY(CAST(:ids AS uuid[])) AND x.programme_id = CAST(:programme AS uuid) AND x.merged_into IS NULL
        AND {shown}
    """)


_CALLED: Mapping[Kept, TextClause] = {"need": _called("need"), "technology": _called("technology")}
#: The records with which one may be the same, the most alike first.
_TWINS = text("""
    SELECT y.id, y.likeness FROM (
        (SELECT p.other_id::text AS id, p.likeness FROM twin_pairs p WHERE p.one_id = CAST(:id AS uuid) AND NOT p.apart)
        UNION ALL
        (SELECT p.one_id::text, p.likeness FROM twin_pairs p WHERE p.other_id = CAST(:id AS uuid) AND NOT p.apart)
    ) y ORDER BY y.likeness DESC, y.id LIMIT :most
""")


def list_similar(db: Connection, actor: Actor, noun: Kept, one: Need | Technology) -> list[Similar]:
    """The records that are most like one that the actor sees: what may be the same first."""
    if one.programme not in reach(actor).all_of:
        return []
    twins = {row.id: float(row.likeness) for row in db.execute(_TWINS, {"id": one.id, "most": MOST})}
    said = gather(db, one.programme, noun, _said(one), glossary=shipped_glossary(), translated=False)
    scores = {scored.id: scored.score for scored in rank(said)}
    least = _LIKE * scores.pop(one.id, 0.0)
    ids = list(dict.fromkeys([*twins, *(id for id, score in scores.items() if score >= least)]))[: 2 * MOST]
    asking = {"ids": ids, "programme": one.programme, "closed_of": sorted(closed_of(actor))}
    names = {row.id: row.title for row in db.execute(_CALLED[noun], asking)}
    return [Similar(id=id, title=names[id], twin=twins.get(id)) for id in ids if id in names][:MOST]


def _said(one: Need | Technology) -> str:
    body = (one.problem, one.target) if isinstance(one, Need) else (one.description, one.problem)
    return " ".join(filter(None, (one.title, one.title_zh, *body)))[:LONGEST]
