"""What a search box finds among needs and technologies: those that say every word of it in either language, best first, with the counts
by which the list may be narrowed. Reads only.

Where no record says all the words, those that say some are found. Queries are built from quoted terms only. Of closed needs something is
asked for whoever reads them alone, by `closed_of`, the programmes where that is so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from casework.engine.case_objects.kept_records import NEED
from casework.matching.bm25 import Corpus, Scored, rarity
from casework.matching.dictionary import Glossary, cc_cedict
from casework.matching.facets import FACETS, MARK, Facet, facet_of, term_of
from casework.matching.query import Asked, ask, tellers
from casework.matching.wanted import Way, narrowed, query_of, ways_of
from casework.operations.core.catalogue_index import CLOSED_MARK, IDLE, TITLED
from casework.operations.core.record_log import TABLES
from casework.operations.matching.candidates import CANDIDATES, candidate_of, within
from casework.operations.matching.ranking import Evidence, rank, read_glossary
from casework.records.access_sql import CLOSED_NEED, shows_indexed
from casework.records.database import plan_by_values

#: No more letters of a search are read, and of no more records is counted what they are among.
LONGEST, COUNTED = 200, 2_000
#: Words whose beginning alone is known are asked for as so many that begin so.
_SHORTEST, _BEGUN = 3, 8
#: Of each of some programmes, records in use and not together: how many there are, how long, and in how many each of some terms stands.
_CORPORA = text(f"""
    SELECT s.programme_id::text AS programme, CAST(sum(s.records) AS bigint) AS records, CAST(sum(s.length) AS bigint) AS length, (
        SELECT coalesce(json_object_agg(f.term, f.records), '{{}}') FROM (
            SELECT t.term, sum(t.records) AS records FROM index_terms t
            WHERE t.programme_id = s.programme_id AND t.noun = ANY(CAST(:nouns AS text[])) AND {shows_indexed("t")}
            AND t.term = ANY(CAST(:terms AS text[])) AND t.records > 0 GROUP BY t.term
        ) f
    ) AS frequencies
    FROM index_states s
    WHERE s.programme_id = ANY(CAST(:programmes AS uuid[])) AND s.noun = ANY(CAST(:nouns AS text[])) AND {shows_indexed("s")}
    AND s.records > 0 GROUP BY s.programme_id ORDER BY s.programme_id
""")
#: Terms that begin so, those of most records first.
_BEGIN = text(f"""
    SELECT t.term FROM index_terms t WHERE t.programme_id = ANY(CAST(:programmes AS uuid[])) AND t.noun = ANY(CAST(:nouns AS text[]))
    AND {shows_indexed("t")} AND t.term ^@ CAST(:begun AS text) GROUP BY t.term ORDER BY sum(t.records) DESC, t.term LIMIT :most
""")
#: Records `r` that say what is wanted: in a form that has the database look them up whether it knows the words when it plans or not.
_WANTED = "(SELECT CAST(:wanted AS tsquery) AS wanted OFFSET 0) q JOIN indexed_records r ON r.terms @@ q.wanted"
#: Of records `r` those of these catalogues.
_OF = f"r.programme_id = ANY(CAST(:programmes AS uuid[])) AND r.noun = ANY(CAST(:nouns AS text[])) AND {shows_indexed('r')}"
#: How many records there are, and by term how many are among what lists are narrowed to: of so many that are found at most.
_COUNTS = text(f"""
    WITH found AS MATERIALIZED (
        SELECT r.facets FROM {_WANTED} WHERE {_OF} LIMIT :most
    )
    SELECT (SELECT count(*) FROM found) AS records, (
        SELECT coalesce(json_object_agg(f.term, f.records), '{{}}') FROM (
            SELECT t.term, count(*) AS records FROM found, unnest(found.facets) t(term) GROUP BY t.term
        ) f
    ) AS facets
""")
#: The same of all records.
_ALL_COUNTS = text(f"""
    SELECT coalesce(sum(s.records), 0) AS records, (
        SELECT coalesce(json_object_agg(f.term, f.records), '{{}}') FROM (
            SELECT t.term, sum(t.records) AS records FROM index_terms t WHERE t.programme_id = ANY(CAST(:programmes AS uuid[]))
            AND t.noun = ANY(CAST(:nouns AS text[])) AND {shows_indexed("t")} AND t.term ^@ '=' AND t.records > 0 GROUP BY t.term
        ) f
    ) AS facets
    FROM index_states s
    WHERE s.programme_id = ANY(CAST(:programmes AS uuid[])) AND s.noun = ANY(CAST(:nouns AS text[])) AND {shows_indexed("s")}
""")
#: What is asked of candidates.
_SHOWN = "SELECT x.record_id::text AS id, x.programme_id::text AS programme, x.length, x.counts FROM"
#: The newest of those that are found.
_NEWEST = text(f"""
    {_SHOWN} (
        SELECT r.record_id FROM {_WANTED} WHERE {_OF} ORDER BY r.record_id DESC LIMIT :most
    ) c JOIN indexed_records x USING (record_id) ORDER BY x.record_id
""")
#: The ids of the newest of those that are wanted, after one of them.
_AMONG = text(f"""
    SELECT r.record_id::text FROM {_WANTED} WHERE {_OF} AND (CAST(:after AS uuid) IS NULL OR r.record_id < CAST(:after AS uuid))
    ORDER BY r.record_id DESC LIMIT :most
""")
#: By noun the ids of the newest of those that are wanted and came between two moments: few come, whatever is wanted.
_CAME = {
    noun: text(f"""
        SELECT r.record_id::text FROM {table} x JOIN indexed_records r ON r.record_id = x.id
        WHERE x.created_at > CAST(:since AS timestamptz) AND x.created_at <= CAST(:until AS timestamptz)
        AND {_OF} AND r.terms @@ CAST(:wanted AS tsquery) ORDER BY x.created_at DESC, r.record_id DESC LIMIT :most
    """)
    for noun, table in TABLES.items()
}
#: Of a programme those that say most of some terms.
_SOME = text(f"""
    {_SHOWN} (
        SELECT r.record_id, sum(t.weight) AS weight
        FROM unnest(CAST(:terms AS text[]), CAST(:weights AS bigint[])) t(term, weight)
        JOIN indexed_records r ON r.terms @@ CAST('''' || t.term || '''' AS tsquery)
        WHERE {_OF} AND (:narrowed = '' OR r.terms @@ CAST(:narrowed AS tsquery))
        GROUP BY r.record_id ORDER BY weight DESC, r.record_id LIMIT :most
    ) c JOIN indexed_records x USING (record_id) ORDER BY x.record_id
""")
_WEIGHT = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """One value by which a list may be narrowed, and how many records are among it; an empty one is that it is not known."""

    value: str
    records: int


@dataclass(frozen=True, kw_only=True, slots=True)
class FoundRecords:
    """What is found: the best ones in their order, how many there are, and what they may be narrowed to."""

    ranked: Sequence[Scored]
    #: How many are found; at least so many, where that is `COUNTED`.
    records: int
    #: By the name of what a list is narrowed by, those of most records first.
    facets: Mapping[str, list[Choice]]
    #: No record says all the words: these say some of them.
    some: bool = False
    #: The terms that were asked for.
    terms: Collection[str] = field(default_factory=frozenset)


def find_records(
    db: Connection,
    programmes: Collection[str],
    noun: str,
    said: str,
    facets: Sequence[Facet] = (),
    *,
    closed_of: Collection[str] = (),
) -> FoundRecords:
    """What a search finds among the records of some programmes that are among all of these."""
    of = _of(db, programmes, noun, closed_of)
    search = _Search(db, of, said[:LONGEST])
    if not search.words:
        return FoundRecords(ranked=[], records=0, facets={})
    counted = _counted(db, of, facets, search.words)
    if counted.records:
        found = _best(search, facets)
        return FoundRecords(
            ranked=found, records=counted.records, facets=choices(noun, counted.facets), terms=search.terms
        )
    counted = _counted(db, of, facets, search.words, every=False)
    found = search.some(facets) if counted.records else []
    return FoundRecords(
        ranked=found,
        records=counted.records,
        facets=choices(noun, counted.facets),
        some=bool(found),
        terms=search.terms,
    )


def count_records(
    db: Connection,
    programmes: Collection[str],
    noun: str,
    facets: Sequence[Facet] = (),
    *,
    closed_of: Collection[str] = (),
) -> tuple[int, dict[str, list[Choice]]]:
    """How many records of some programmes are among all of these, and to what else that may be narrowed."""
    counted = _counted(db, _of(db, programmes, noun, closed_of), facets)
    return counted.records, choices(noun, counted.facets)


def list_among(
    db: Connection,
    programmes: Collection[str],
    noun: str,
    facets: Sequence[Facet],
    *,
    closed_of: Collection[str] = (),
    after: str | None,
    most: int,
) -> list[str]:
    """The ids of the newest records of some programmes that are among all of these, after one of them."""
    of = _of(db, programmes, noun, closed_of)
    return list(db.execute(_AMONG, {**of, "wanted": _wanted(of, facets), "after": after, "most": most}).scalars())


def list_new(
    db: Connection,
    programmes: Collection[str],
    noun: str,
    said: str,
    facets: Sequence[Facet] = (),
    *,
    closed_of: Collection[str] = (),
    since: datetime,
    until: datetime,
) -> list[str]:
    """The ids of the newest records that came between two moments, say all that is searched for and are among all of these."""
    of = _of(db, programmes, noun, closed_of)
    words = _Search(db, of, said[:LONGEST]).words if said else ()
    if said and not words:
        return []
    given = {**of, "wanted": _wanted(of, facets, words), "since": since, "until": until, "most": CANDIDATES}
    return list(db.execute(_CAME[noun], given).scalars())


def _of(db: Connection, programmes: Collection[str], noun: str, closed_of: Collection[str]) -> dict[str, Any]:
    """In which parts of the index it is looked, by plans for what is looked for: one for any words and catalogues reads the newest of
    all records, one by one."""
    plan_by_values(db)
    closed = [CLOSED_NEED] if noun == NEED and closed_of else []
    return {
        "programmes": sorted(programmes),
        "nouns": [noun, IDLE[noun], *closed],
        "closed_of": sorted(closed_of),
    }


def _marks(of: Mapping[str, Any]) -> Sequence[str]:
    """What may stand before all that a record says that is looked for."""
    return ("", CLOSED_MARK) if CLOSED_NEED in of["nouns"] else ("",)


def _wanted(
    of: Mapping[str, Any],
    facets: Sequence[Facet],
    words: Sequence[Sequence[Way]] = (),
    mark: str = "",
    *,
    every: bool = True,
) -> str:
    """What PostgreSQL is asked: every one of the words, or any, `mark` before each term, and that a record is among all of these."""
    parts = [narrowed(query_of(words, mark=f"{of_what}{mark}", every=every), facets, of_what) for of_what in _marks(of)]
    return " | ".join(f"({part})" for part in parts if part)


@dataclass(frozen=True, slots=True)
class _Counted:
    records: int
    facets: Mapping[str, int]


def _counted(
    db: Connection,
    of: Mapping[str, Any],
    facets: Sequence[Facet],
    words: Sequence[Sequence[Way]] = (),
    *,
    every: bool = True,
) -> _Counted:
    """Of what is found how much is among what; of what the list is narrowed to what else there would be."""
    whole = _count(db, of, _wanted(of, facets, words, every=every))
    told = dict(whole.facets)
    for one in facets:
        # Found is nothing of the others, where nothing is found without it.
        others = [other for other in facets if other != one]
        beside = _count(db, of, _wanted(of, others, words, every=every))
        told |= {term: records for term, records in beside.facets.items() if facet_of(term).name == one.name}
        told.setdefault(term_of(one), 0)
    return _Counted(whole.records, told)


def _count(db: Connection, of: Mapping[str, Any], wanted: str) -> _Counted:
    if not wanted:
        row = db.execute(_ALL_COUNTS, of).one()
    else:
        row = db.execute(_COUNTS, {**of, "wanted": wanted, "most": COUNTED}).one()
    return _Counted(int(row.records), row.facets)


def choices(noun: str, counted: Mapping[str, int]) -> dict[str, list[Choice]]:
    """The same by what it narrows: levels in their order, all others those of most records first, what is not known last."""
    told: dict[str, list[Choice]] = {name: [] for name in FACETS[noun]}
    for term, records in counted.items():
        name, value = facet_of(term)
        if name in told:
            told[name].append(Choice(value=value, records=int(records)))
    for name, some in told.items():
        some.sort(key=lambda one: (not one.value, 0 if name == "readiness" else -one.records, one.value))
    return told


def ways_in(said: str, glossaries: Iterable[Glossary]) -> list[list[Way]]:
    """For each word of a search the ways in which a record of any of these programmes may say it."""
    return _joined([ways_of(said, cc_cedict(), glossary) for glossary in glossaries])


class _Search:
    """A search, with what it asks of each of the programmes that it is of."""

    def __init__(self, db: Connection, of: Mapping[str, Any], said: str) -> None:
        self.db, self.of = db, of
        glossaries = {programme: read_glossary(db, programme) for programme in of["programmes"]}
        self.words = ways_in(said, glossaries.values())
        self.asked = {
            programme: ask(said, dictionary=cc_cedict(), glossary=glossary, chinese=True)
            for programme, glossary in glossaries.items()
        }
        terms = {term for ways in self.words for way in ways for term in way}
        terms |= {one.term for every in self.asked.values() for one in every}
        self.corpora = db.execute(_CORPORA, {**of, "terms": sorted(terms)}).all()
        known = {term for row in self.corpora for term in row.frequencies}
        if begun := self._begun(known):
            terms |= begun
            self.corpora = db.execute(_CORPORA, {**of, "terms": sorted(terms)}).all()
        self.terms = frozenset(terms)

    def _begun(self, known: Collection[str]) -> set[str]:
        """The terms that words begin which no record says; each is asked for as well."""
        more = set[str]()
        for ways in self.words:
            ((begun, *rest), *_) = ways
            if rest or begun.isascii() and len(begun) < _SHORTEST or any(set(way) <= set(known) for way in ways):
                continue
            given = {**self.of, "begun": begun, "most": _BEGUN}
            found = [term for term in self.db.execute(_BEGIN, given).scalars() if term[0] != MARK]
            ways += [(term,) for term in found]
            more |= set(found)
            for asked in self.asked.values():
                asked += [Asked(term=term, weight=1.0, said=begun) for term in found]
        return more

    def best(self, rows: Iterable[Any]) -> list[Scored]:
        """Candidates of all programmes in one order."""
        every = list(rows)
        ranked = []
        for corpus in self.corpora:
            mine = [row for row in every if row.programme == corpus.programme]
            asked = [one for one in self.asked[corpus.programme] if one.term in corpus.frequencies]
            terms = [one.term for one in asked]
            evidence = Evidence(
                version=0,
                glossary="",
                asked=asked,
                corpus=Corpus(records=corpus.records, length=corpus.length, frequencies=corpus.frequencies),
                candidates=[candidate_of(row, terms) for row in mine],
            )
            ranked += rank(evidence)
        return sorted(ranked, key=lambda one: (-one.score, one.id))[:CANDIDATES]

    def some(self, facets: Sequence[Facet]) -> list[Scored]:
        """The best of those that say some of the words."""
        rows: list[Any] = []
        for corpus in self.corpora:
            asked, frequencies = self.asked[corpus.programme], corpus.frequencies
            weights = {one.term: one.weight for one in asked}
            rarest = within(tellers(asked, frequencies, corpus.records), frequencies)
            tells = [round(_WEIGHT * weights[term] * rarity(corpus.records, frequencies[term])) for term in rarest]
            given = {
                **self.of,
                "programmes": [corpus.programme],
                "terms": [f"{mark}{term}" for mark in _marks(self.of) for term in rarest],
                "weights": tells * len(_marks(self.of)),
                "narrowed": _wanted(self.of, facets),
                "most": CANDIDATES,
            }
            rows += self.db.execute(_SOME, given)
        return self.best(rows)


def _best(search: _Search, facets: Sequence[Facet]) -> list[Scored]:
    """The best of the newest: of those whose titles say it, and only where they are few of the others."""
    found: dict[str, Any] = {}
    for mark in (TITLED, ""):
        if len(found) < CANDIDATES:
            given = {**search.of, "wanted": _wanted(search.of, facets, search.words, mark), "most": CANDIDATES}
            found = {row.id: row for row in search.db.execute(_NEWEST, given)} | found
    return search.best(found.values())


def _joined(words: Sequence[list[list[tuple[str, ...]]]]) -> list[list[tuple[str, ...]]]:
    """What the glossaries of several programmes make of one search: where they part it alike, each word in all their ways."""
    if not words:
        return []
    first, *others = words
    for other in others:
        if len(other) == len(first):
            first = [list(dict.fromkeys([*mine, *theirs])) for mine, theirs in zip(first, other, strict=True)]
    return first
