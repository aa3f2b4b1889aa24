"""The candidates of a ranking: the records that say most of the terms that tell most. Reads only.

What each says is weighed in whole numbers, and of equal ones the smaller id is first, so that the same come out whichever way they are
found: by looking at all that say any of the terms, or, where these are many, at those alone that say enough to be among the first.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Connection, text

from casework.matching.pruning import NESTED, Telling, guess_least, queries_for
from casework.operations.core.catalogue_index import mark_of

#: So many candidates are compared, and so many records are looked at for them.
CANDIDATES, LOOKED_AT = 300, 40_000
#: More than so many are not looked at one by one: from there on it takes longer, as was measured.
FEW = 2_000
#: So many are to say enough, of which more than so many are not read; so often is guessed in all.
ENOUGH, MOST_READ, GUESSES = 400, 600, 6
#: The first guess is that so many would say it by chance alone: too low costs a third of what too high does.
LIKELY = 150
#: The records that say most of some terms, by whole numbers, so that the same come out in any plan; with all that they say.
_MOST_SAYING = text("""
    SELECT x.record_id::text AS id, x.length, x.counts FROM (
        SELECT r.record_id, sum(t.weight) AS weight
        FROM unnest(CAST(:terms AS text[]), CAST(:weights AS bigint[])) t(term, weight)
        JOIN indexed_records r ON r.terms @@ CAST('''' || CAST(:mark AS text) || t.term || '''' AS tsquery)
        WHERE r.programme_id = CAST(:programme AS uuid) AND r.noun = :noun
        GROUP BY r.record_id ORDER BY weight DESC, r.record_id LIMIT :most
    ) c JOIN indexed_records x USING (record_id) ORDER BY x.record_id
""")
#: The records that any of some queries finds, each once, with all that they say. They are found before they are sorted: else the server
#: might go through all records in their order, and ask each.
_SAYING_ENOUGH = text("""
    SELECT DISTINCT ON (f.record_id) f.record_id::text AS id, f.length, f.counts FROM (
        SELECT r.record_id, r.length, r.counts
        FROM unnest(CAST(:queries AS text[])) q(query) JOIN indexed_records r ON r.terms @@ CAST(q.query AS tsquery)
        WHERE r.programme_id = CAST(:programme AS uuid) AND r.noun = :noun OFFSET 0
    ) f ORDER BY f.record_id LIMIT :most
""")
#: Some records.
_THESE = text("""
    SELECT record_id::text AS id, length, counts FROM indexed_records
    WHERE record_id = ANY(CAST(:ids AS uuid[])) AND programme_id = CAST(:programme AS uuid) AND noun = :noun ORDER BY record_id
""")


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """A record that may be meant: how long it is, and how often its title and the rest say each term that is asked for."""

    id: str
    length: int
    counts: Mapping[str, Sequence[int]]


def candidate_of(row: Any, asked: Iterable[str]) -> Candidate:
    """A record, with what it says of all that is asked for; what else it says is not kept, as the most of it is."""
    said = orjson.loads(row.counts)
    return Candidate(id=row.id, length=row.length, counts={term: said[term] for term in asked if term in said})


def within(terms: Sequence[str], frequencies: Mapping[str, int]) -> list[str]:
    """The first of the terms, as many as can be looked up in a moment; one at least."""
    kept, looked_at = list[str](), 0
    for term in terms:
        looked_at += frequencies[term]
        if kept and looked_at > LOOKED_AT:
            continue
        kept.append(term)
    return kept


@dataclass(frozen=True, kw_only=True, slots=True)
class Sought:
    """Which candidates are sought in a catalogue: by terms that tell most, each with what it weighs."""

    programme: str
    noun: str
    telling: Sequence[Telling]
    #: How many records the catalogue has.
    records: int
    #: All terms of which it is told how often a candidate says them, those among them.
    asked: Collection[str]
    #: Whether any of them is what a word is in another language.
    translated: bool = False

    @property
    def kind(self) -> tuple[str, str, bool]:
        """What is alike in how its words are said together."""
        return self.programme, self.noun, self.translated


def find_candidates(db: Connection, sought: Sought, beside: Callable[[], Collection[str]] = tuple) -> list[Candidate]:
    """The records that say most of what is sought, and some others beside, in the order of their ids.

    Which others is asked once the first are found: whoever looks for them may do so meanwhile.
    """
    of = {"programme": sought.programme, "noun": sought.noun}
    found: list[Candidate] | None = None
    if sum(one.records for one in sought.telling) > FEW:
        found = _saying_enough(db, sought)
    if found is None:
        terms, weights = [one.term for one in sought.telling], [one.weight for one in sought.telling]
        given = {**of, "terms": terms, "weights": weights, "mark": mark_of(sought.noun), "most": CANDIDATES}
        found = [candidate_of(row, sought.asked) for row in db.execute(_MOST_SAYING, given)]
    if more := sorted({*beside()} - {one.id for one in found}):
        found += [candidate_of(row, sought.asked) for row in db.execute(_THESE, {**of, "ids": more})]
        found.sort(key=lambda one: one.id)
    return found


#: By catalogue, and by whether translations are sought, how many would say enough by chance, where so many do, as this process has learnt:
#: words that belong together are said together, here more and there less. Nothing but time depends on it.
_learnt: dict[tuple[str, str, bool], int] = {}


def _learn(sought: Sought, likely: int, found: int) -> None:
    """So many were found where by chance so many would have been; of what a single list tells half is believed."""
    before = _learnt.get(sought.kind, LIKELY)
    fits = min(2 * ENOUGH, max(1, likely * ENOUGH // max(1, found)))
    _learnt[sought.kind] = math.isqrt(before * fits)


def _saying_enough(db: Connection, sought: Sought) -> list[Candidate] | None:
    """The first so many, by looking at those alone that say so much at least; None where they are not found in a few guesses.

    Every record that says so much is among those that are read, or, where these are cut off, every one up to the last id. So where enough
    of them do, the first of these are the first of all.
    """
    telling, likely = sought.telling, _learnt.get(sought.kind, LIKELY)
    least, tied = max(1, guess_least(telling, sought.records, likely)), list[_Weighed]()
    nested = NESTED
    for guess in range(GUESSES):
        if least <= 0:
            return None
        queries = queries_for(telling, least, mark=mark_of(sought.noun), nested=nested)
        given = {"programme": sought.programme, "noun": sought.noun, "queries": queries, "most": MOST_READ + 1}
        read = _weighed(telling, db.execute(_SAYING_ENOUGH, given).all())
        enough = [one for one in read if one.weight >= least]
        if guess == 0:
            _learn(sought, likely, len(enough))
        if len(read) > MOST_READ:
            # So many of these are there, whatever was not read: what says less than they is none of the first. What says as much as the
            # last of them is known as far as it is needed, so next is asked who says more.
            last, nested = read[CANDIDATES - 1].weight, nested + 1
            if last >= least:
                least, tied = last + 1, [one for one in read if one.weight == last]
        elif tied or len(enough) >= CANDIDATES:
            first = sorted([*enough, *tied][:CANDIDATES], key=lambda one: one.row.id)
            return [candidate_of(one.row, sought.asked) for one in first]
        else:
            likely *= min(8, 2 * CANDIDATES // max(1, len(enough)))
            least = min(least - 1, guess_least(telling, sought.records, likely))
    return None


class _Weighed(NamedTuple):
    """A record that was read, and how much it says."""

    weight: int
    row: Any


def _weighed(telling: Sequence[Telling], rows: Iterable[Any]) -> list[_Weighed]:
    """Records with what they say of some terms, those first that say most; of equal ones the smaller id."""
    # Nothing but terms stands between quotation marks, and most that are read are not among the first: they are not taken apart for it.
    marks = [(orjson.dumps(one.term).decode() + ":", one.weight) for one in telling]
    weighed = []
    for row in rows:
        counts, said = row.counts, 0
        for mark, weight in marks:
            if mark in counts:
                said += weight
        weighed.append(_Weighed(said, row))
    return sorted(weighed, key=lambda one: (-one.weight, one.row.id))
