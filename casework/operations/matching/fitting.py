"""Which open needs a technology may meet: those of which it says the most, and from which no hard filter keeps it. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.case_objects.need_figures import words_of_figures
from casework.json_values import JsonMapping, JsonObject
from casework.matching.bm25 import rarity
from casework.matching.conflicts import Conflict
from casework.matching.dictionary import Glossary
from casework.matching.explanation import parts_of
from casework.matching.filters import Verdict, stays
from casework.matching.terms import tally
from casework.operations.core.catalogue_index import body_of
from casework.operations.core.merged_records import TODAY, ended
from casework.operations.matching.conflicts import conflicts_of
from casework.operations.matching.listing import judge_now
from casework.operations.matching.ranking import gather, rank
from casework.operations.matching.runs import facts_of, wanted_by
from casework.records.access_sql import CLOSED_NEED

#: A technology is proposed to so many needs at most, and to so many closed ones.
MOST = 5
#: Of what a need says, weighed by how rare its words are, a technology says so much at least, by so many words.
LEAST, WORDS = 0.35, 2
#: So much of a technology is asked.
_LONGEST = 1_000
#: Of some needs what they ask of a technology, those left out that are over, are its owner's own, or have a match with it.
_OPEN = text(f"""
    SELECT n.id::text, n.readiness_low, n.readiness_high, n.owner_id, n.wanted_form, n.country, n.required_standards, n.figures,
        i.counts FROM needs n
    JOIN programmes p ON p.id = n.programme_id JOIN indexed_records i ON i.record_id = n.id
    WHERE n.id = ANY(CAST(:ids AS uuid[])) AND n.programme_id = CAST(:programme AS uuid)
    AND n.status IN ('published', 'matched') AND n.merged_into IS NULL AND {ended("n", TODAY)} IS NULL
    AND (n.owner_id IS NULL OR n.owner_id IS DISTINCT FROM CAST(:owner AS uuid))
    AND NOT EXISTS (SELECT FROM matches m WHERE m.need_id = n.id AND m.technology_id = CAST(:technology AS uuid)) ORDER BY n.id
""")
#: What the last run asked of each of some needs, or of one that was merged into it.
_ASKED = text("""
    SELECT DISTINCT ON (coalesce(w.merged_into, w.id)) coalesce(w.merged_into, w.id)::text AS need, r.asks
    FROM needs w JOIN match_runs r ON r.need_id = w.id
    WHERE w.id = ANY(CAST(:ids AS uuid[])) OR w.merged_into = ANY(CAST(:ids AS uuid[]))
    ORDER BY coalesce(w.merged_into, w.id), r.made_at DESC, r.id DESC
""")
#: In how many needs each of some terms stands.
_FREQUENCIES = text(f"""
    SELECT term, records FROM index_terms WHERE programme_id = CAST(:programme AS uuid) AND noun = '{NEED}'
    AND term = ANY(CAST(:terms AS text[]))
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """A need that a technology may meet: how much of it the technology says, and by which words, the most first."""

    need: str
    #: From 0 to 1, weighed by how rare the words are.
    share: float
    words: list[str]
    #: What each filter says that is asked, by `name` and `verdict`.
    filters: list[JsonObject] = field(default_factory=list)


def fitting(db: Connection, programme: str, technology: Any, glossary: Glossary) -> list[Fit]:
    """The open needs of a programme that a technology may meet, the best first; then closed ones, of which no other loses its place."""
    said = " ".join((technology.title, body_of(TECHNOLOGY, technology._mapping)))[:_LONGEST]
    found = [gather(db, programme, noun, said, glossary=glossary) for noun in (NEED, CLOSED_NEED)]
    ranked = [rank(evidence) for evidence in found]
    waiting = open_needs(db, programme, technology, [one.id for some in ranked for one in some])
    # Closed needs that are over lie among the others: none of those takes a place.
    ranked = [[one for one in some if one.id in waiting][: 4 * MOST] for some in ranked]
    told: dict[str, JsonObject] = {one.id: orjson.loads(waiting[one.id].need.counts) for some in ranked for one in some}
    terms = sorted({term for counts in told.values() for term in counts})
    known = {row.term: row.records for row in db.execute(_FREQUENCIES, {"programme": programme, "terms": terms})}
    # How rare a word is the open needs say, whose number of all is that of the first.
    every = found[0].corpus.records
    best: list[Fit] = []
    for evidence, some in zip(found, ranked, strict=True):
        fits = []
        for one in some:
            beside = _said_by_figures(waiting[one.id].need, told[one.id]) - one.shares.keys()
            weight = {term: rarity(every, known.get(term, 0)) for term in told[one.id] if term not in beside}
            share = sum(weight[term] for term in one.shares if term in weight) / (sum(weight.values()) or 1)
            if share >= LEAST and len(one.shares) >= WORDS:
                parts = parts_of(one, evidence.asked, told[one.id])
                said_by = [part.text for part in parts[:8]]
                fits.append(Fit(need=one.id, share=round(share, 4), words=said_by, filters=waiting[one.id].filters))
        best += sorted(fits, key=lambda fit: (-fit.share, fit.need))[:MOST]
    return best


def _said_by_figures(need: Any, counts: JsonMapping) -> set[str]:
    """The terms that the figures of a need alone say: units and conditions, of which a technology need not say any to meet it."""
    figures = tally("", words_of_figures(need.figures))
    return {term for term, (_, times) in figures.items() if counts.get(term) == [0, times]}


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """A need from which no filter keeps a technology."""

    #: The row.
    need: Any
    filters: list[JsonObject]


def open_needs(db: Connection, programme: str, technology: Any, ids: Collection[str]) -> dict[str, Waiting]:
    """Those of some needs that wait for a technology such as this one: none of their hard filters removes it from a list.

    All of them are asked at once, so that it takes as many trips for many needs as for one.
    """
    given = {"ids": list(ids), "programme": programme, "owner": technology.owner_id, "technology": technology.id}
    rows = db.execute(_OPEN, given).all()
    facts = facts_of(db, programme, [technology.id]).get(technology.id) if rows else None
    if facts is None:
        return {}
    between = _conflicts(db, programme, technology, rows)
    asked = {row.need: row.asks for row in db.execute(_ASKED, {"ids": [row.id for row in rows]})}
    found = {}
    for row in rows:
        conflict = between.get(str(row.owner_id))
        known = facts if conflict is None else {**facts, "conflict": conflict.value}
        said = _judged(row, asked.get(row.id), known)
        if stays(said):
            filters: list[JsonObject] = [{"name": name, "verdict": verdict.value} for name, verdict in said.items()]
            found[row.id] = Waiting(need=row, filters=filters)
    return found


def _conflicts(db: Connection, programme: str, technology: Any, needs: Collection[Any]) -> Mapping[str, Conflict]:
    """By owner of a need what stands between it and the technology's, where that is known."""
    owners = {str(row.owner_id) for row in needs if row.owner_id is not None}
    if technology.owner_id is None or not owners:
        return {}
    return conflicts_of(db, programme, None, str(technology.owner_id), owners)


def _judged(need: Any, asked: JsonMapping | None, facts: JsonMapping) -> dict[str, Verdict]:
    """What the filters say of a technology: what the need says now, and what the last list for it asked beside.

    What an officer left out there, with a reason, keeps nothing from the need; but for a conflict of interest, to which nobody proposes.
    """
    says = wanted_by(need, {})
    chosen, relaxed = _chosen(asked)
    if not chosen:
        return judge_now(says, {}, facts)
    said = judge_now(says, chosen, facts)
    return {name: verdict for name, verdict in said.items() if name not in relaxed}


def _chosen(asked: JsonMapping | None) -> tuple[JsonMapping, Collection[str]]:
    """What a list asked, and what was left out of it; nothing of one whose words were erased."""
    told: JsonMapping = asked if isinstance(asked, dict) else {}
    wanted, relaxed = told.get("wanted"), told.get("relaxed")
    if not isinstance(wanted, dict) or not isinstance(relaxed, list):
        return {}, ()
    return wanted, {*relaxed} - {"conflict"}
