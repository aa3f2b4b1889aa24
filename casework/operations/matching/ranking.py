"""A ranked list of records for a text, in two stages: the terms that tell most name candidates, all terms order them. Reads only.

Stage one asks an index of terms; stage two compares what each candidate says. The same catalogue and text give the same list.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from sqlalchemy import Connection, text

from casework.engine.case_objects.programme_lists import GLOSSARY, Lists, number_of, offered, overlay
from casework.matching.bm25 import Corpus, Scored, ranked, rarity, scorer
from casework.matching.dictionary import Glossary, cc_cedict
from casework.matching.fusion import fuse, given
from casework.matching.pruning import Telling
from casework.matching.query import Asked, ask, tellers
from casework.matching.weights import FIRST, SHIPPED, Weights, weights_of
from casework.operations.core.programme_lists import read_lists
from casework.operations.matching.candidates import Candidate, Sought, find_candidates, within
from casework.operations.matching.similar_texts import Comparing

#: The channels: what records say, and, with a model, what they mean.
WORDS, TEXT = "words", "text"
#: Of a programme's catalogue how many records there are, how long, and in how many each of some terms stands.
_CORPUS = text("""
    SELECT s.version, s.records, s.length, (
        SELECT coalesce(json_object_agg(t.term, t.records), '{}') FROM index_terms t
        WHERE t.programme_id = s.programme_id AND t.noun = s.noun AND t.term = ANY(CAST(:terms AS text[])) AND t.records > 0
    ) AS frequencies
    FROM index_states s WHERE s.programme_id = CAST(:programme AS uuid) AND s.noun = :noun
""")
_WEIGHT = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """All that a ranking is made of: what was asked, of what catalogue, and what the candidates say."""

    #: Of the catalogue and of the glossary.
    version: int
    glossary: str
    asked: Sequence[Asked]
    corpus: Corpus
    candidates: Sequence[Candidate]
    #: By record its rank among those that mean most of the same; None where that channel took no part.
    similar: Mapping[str, int] | None = None
    #: The candidates of whose language that channel knows nothing.
    silent: Collection[str] = ()


@cache
def make_ready() -> None:
    """Load the dictionary both ways where that was not done yet: it takes seconds, and no transaction is to wait for it."""
    for said in ("蒸汽", "steam"):
        ask(said, dictionary=cc_cedict(), chinese=True)


def read_glossary(db: Connection, programme: str) -> Glossary:
    """What a programme's officers say that words mean, in the version that the list has."""
    return _glossary(read_lists(db, programme))


def shipped_glossary() -> Glossary:
    """What words mean where a programme has said nothing."""
    return _glossary(overlay(()))


def _glossary(lists: Lists) -> Glossary:
    entries = lists[GLOSSARY]
    return _told(str(number_of(entries)), tuple((entry.label_zh, entry.label) for entry in offered(entries)))


@lru_cache(maxsize=32)
def _told(version: str, words: tuple[tuple[str, str], ...]) -> Glossary:
    """The glossary of these words: it is asked with each search, and seldom another one than the last time."""
    english: dict[str, list[str]] = {}
    for chinese, meaning in words:
        english.setdefault(chinese, []).append(meaning)
    return Glossary(version, english)


def gather(
    db: Connection,
    programme: str,
    noun: str,
    said: str,
    *,
    glossary: Glossary,
    but: str | None = None,
    translated: bool = True,
    comparing: Comparing | None = None,
) -> Evidence:
    """What the catalogue says to a text; `but` leaves a record out, and one that is not `translated` is asked for as it is written.

    What `comparing` gives are candidates too: it is waited for once the database has found all others.
    """
    asked = ask(said, dictionary=cc_cedict() if translated else None, glossary=glossary, chinese=True)
    of = {"programme": programme, "noun": noun}
    state = db.execute(_CORPUS, {**of, "terms": [one.term for one in asked]}).first()
    if state is None:
        return Evidence(version=0, glossary=glossary.version, asked=asked, corpus=_EMPTY, candidates=())
    corpus = Corpus(records=state.records, length=state.length, frequencies=state.frequencies)
    asked = _say_something([one for one in asked if one.term in corpus.frequencies])
    telling = telling_of(asked, corpus)
    sought = Sought(
        **of,
        telling=telling,
        records=corpus.records,
        asked=[one.term for one in asked],
        translated=any(one.meant for one in asked),
    )
    found = find_candidates(db, sought, (lambda: comparing().ranks) if comparing is not None else tuple)
    found = [one for one in found if one.id != but]
    similar = comparing() if comparing is not None else None
    compared = None if similar is None or similar.without is not None else similar
    return Evidence(
        version=state.version,
        glossary=glossary.version,
        asked=asked,
        corpus=corpus,
        candidates=found,
        similar=None if compared is None else compared.ranks,
        silent=() if compared is None else compared.silent_of([one.id for one in found]),
    )


def _say_something(asked: list[Asked]) -> list[Asked]:
    """Without single digits, where anything else is asked: of “0.4 MPa” neither 0 nor 4 says what somebody needs."""
    return [one for one in asked if len(one.term) > 1 or not one.term.isdecimal()] or asked


def telling_of(asked: Sequence[Asked], corpus: Corpus) -> list[Telling]:
    """The terms by which candidates are found: those that tell most, each with what it weighs."""
    rarest = within(tellers(list(asked), corpus.frequencies, corpus.records), corpus.frequencies)
    weights = {one.term: one.weight for one in asked}
    return [
        Telling(
            term=term,
            weight=round(_WEIGHT * weights[term] * rarity(corpus.records, corpus.frequencies[term])),
            records=corpus.frequencies[term],
        )
        for term in rarest
    ]


_EMPTY = Corpus(records=0, length=0, frequencies={})


#: The weights that are in force in a programme.
_WEIGHTS = text("SELECT weights FROM programmes WHERE id = CAST(:id AS uuid)")


def read_weights(db: Connection, programme: str) -> Weights:
    """By what a programme's lists are ordered."""
    kept = db.execute(_WEIGHTS, {"id": programme}).scalar_one()
    return weights_of(kept.get("version", FIRST), kept)


def rank(evidence: Evidence, weights: Weights = SHIPPED) -> list[Scored]:
    """The candidates in their order, each with what every term gives."""
    asked = {one.term: one.weight for one in evidence.asked}
    score = scorer(asked.items(), evidence.corpus, weights=weights)
    return ranked(score(one.id, one.counts, one.length) for one in evidence.candidates)


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """A candidate where it comes to stand, with its rank in each channel that has it."""

    id: str
    score: float
    ranks: Mapping[str, int]
    #: What its words give, each by itself; of a score of several channels the share that it has there.
    words: Scored
    #: What it gives that the texts mean much of the same.
    text: float = 0.0


def place(evidence: Evidence, weights: Weights = SHIPPED) -> list[Placed]:
    """The candidates in their order: by what their words give, or, with a second channel, by their ranks in both."""
    scored = rank(evidence, weights)
    if evidence.similar is None:
        return [
            Placed(id=one.id, score=one.score, ranks={WORDS: n}, words=one) for n, one in enumerate(scored, start=1)
        ]
    standing = {one.id for one in evidence.candidates}
    similar = sorted(standing & evidence.similar.keys(), key=lambda id: (evidence.similar or {})[id])
    words, silent = {one.id: one for one in scored}, frozenset(evidence.silent)
    placed = []
    for one in fuse({WORDS: list(words), TEXT: similar}):
        by = {channel: given([rank], weights.fusion) for channel, rank in one.ranks.items()}
        if TEXT in by:
            by[TEXT] *= weights.text
        if one.id in silent:
            # Its words stand for what nobody could compare: else whatever the model cannot read stands behind all that it can.
            by[WORDS] *= 2
        shared = _sharing(words.get(one.id) or Scored(id=one.id, score=0.0, shares={}), by.get(WORDS, 0.0))
        score = math.fsum(by.values())
        placed.append(Placed(id=one.id, score=score, ranks=one.ranks, words=shared, text=by.get(TEXT, 0.0)))
    return sorted(placed, key=lambda one: (-one.score, one.id))


def _sharing(scored: Scored, score: float) -> Scored:
    """The same words, that together give this score."""
    shares = {term: share * score / scored.score for term, share in scored.shares.items()} if score else {}
    return Scored(id=scored.id, score=score, shares=shares)
