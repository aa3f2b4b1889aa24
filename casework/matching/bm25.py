"""How well a record fits a query, by BM25: rare terms count more, a term said again counts less and less, long records a little less.

What a word of the title counts, and how much the rest does, is a setting (`weights.py`). A term that the query says more often counts as
often. The score is the sum of what each term gives.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from casework.matching.weights import SHIPPED, Weights

#: As often a word of the title counts in how long a record is, whatever it weighs: the index keeps the lengths.
TITLE = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Corpus:
    """What all records of a catalogue together say."""

    records: int
    #: All terms of all records, those of titles as often as they count.
    length: int
    #: In how many records each term stands that is asked for.
    frequencies: Mapping[str, int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """A record's score, with what each term gives of it."""

    id: str
    score: float
    shares: Mapping[str, float]


def length_of(counts: Iterable[Sequence[int]]) -> int:
    """How long a record is that says each of its terms so often: in its title, and in the rest."""
    return sum(TITLE * count[0] + count[1] for count in counts)


@lru_cache(maxsize=10_000)
def rarity(records: int, frequency: int) -> float:
    """How much a term tells that stands in so many of the records; never less than nothing."""
    return math.log1p((max(records, frequency) - frequency + 0.5) / (frequency + 0.5))


Scorer = Callable[[str, Mapping[str, Sequence[int]], int], Scored]


def scorer(asked: Iterable[tuple[str, float]], corpus: Corpus, *, weights: Weights = SHIPPED) -> Scorer:
    """How well records fit the terms that are asked for, each with its weight: by id, how often each says its terms, and its length."""
    k1, b, title = weights.k1, weights.b, weights.title
    average = corpus.length / corpus.records if corpus.records and corpus.length else 1.0
    more = k1 + 1
    worth: dict[str, float] = {}
    for term, weight in asked:
        rare = rarity(corpus.records, corpus.frequencies.get(term, 0))
        worth[term] = worth.get(term, 0.0) + weight * rare

    def scored(id: str, counts: Mapping[str, Sequence[int]], length: int) -> Scored:
        long = k1 * (1 - b + b * length / average)
        shares = {}
        for term, count in counts.items():
            if (most := worth.get(term)) is not None:
                often = title * count[0] + count[1]
                shares[term] = most * often * more / (often + long)
        return Scored(id=id, score=math.fsum(shares.values()), shares=shares)

    return scored


def ranked(scored: Iterable[Scored]) -> list[Scored]:
    """The best first; of equal ones the smaller id. What says nothing of what is asked is left out."""
    return sorted((one for one in scored if one.score > 0), key=lambda one: (-one.score, one.id))
