"""Whether two records tell the same thing twice, by the words they use. Pure; the same everywhere and at any time.

A text is the set of its runs of three words (of four characters where it is Chinese). Two sets are alike by how much of them is in
both (Jaccard). Not every pair is compared: of each set 64 numbers are kept that agree as often as the sets are alike (MinHash), 16
bands of four of them, and whoever shares a band is compared exactly.

Many records are put together from the same sentences, and a maker's models are told in the same words: so twins also agree in their
figures, and, unless nearly every word is the same, in their titles and in the order of their words.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from zlib import crc32

#: So alike are twins; and from here on it does not matter whether their titles and the order of their words are.
ALIKE, NEARLY_SAME = 0.6, 0.9
#: So much of the shorter text stands in the other in the same order, and so many words of both titles are the same.
IN_ORDER, TITLES_ALIKE = 0.85, 0.6
#: So many numbers are kept of a set, by so many bands.
NUMBERS, BANDS = 64, 16
_ROWS = NUMBERS // BANDS
#: Words in a run, and characters in a run of a Chinese text.
_WORDS, _CHARACTERS = 3, 4
#: Of a longer text the beginning is compared: so many words, or Chinese characters.
_MOST = 5_000
#: Of so many words of two records, from the beginning, the order is compared.
_ORDERED = 500
_HAN = "\u3400-\u4dbf\u4e00-\u9fff"
#: A number with its decimals, a Chinese character, or a word: blanks and signs do not count.
_TOKENS = re.compile(rf"\d+(?:[.,]\d+)*|[{_HAN}]|[^\W\d_{_HAN}]+")
#: The same of a text in ASCII that is no longer than this, in less time.
_PLAIN_TOKENS, _PLAIN = re.compile(r"\d+(?:[.,]\d+)*|[a-z]+"), 50_000
#: How the letters of a text are counted.
_CHINESE_ONE, _LETTER = re.compile(rf"[{_HAN}]"), re.compile(r"[^\W\d_]")
#: A text is Chinese if at least this share of its letters is: a model's name in it does not make it English.
_CHINESE = 0.3
#: Words at the beginning of a title that say nothing.
_ARTICLES = frozenset({"a", "an", "the"})
#: Numbers have 32 bits, the first six of which are the slot into which a round throws a run.
_BITS, _SLOT = (1 << 32) - 1, 26
#: So many rounds, and for each slot another number to multiply by: odd, and fixed for good, for what is made with them is kept.
_ROUNDS = 8
_FACTORS = [((place * 2 + 3) * 0xBF58476D1CE4E5B9 ^ 0x94D049BB133111EB) & _BITS | 1 for place in range(NUMBERS)]


@dataclass(frozen=True, slots=True)
class Told:
    """What a record tells, as far as twins are found by it."""

    runs: frozenset[int]
    words: Sequence[str]
    title: frozenset[str]
    figures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Twins:
    """How alike two records are, from 0 to 1: all of their words, their titles, and the order of their words."""

    likeness: float
    titles: float
    order: float


def told_by(title: str | None, *texts: str | None) -> Told:
    """What a record tells by its title and its other texts."""
    each = [(text, _tokens(text)) for text in (title, *texts) if text]
    words = [word for _, tokens in each for word in tokens]
    return Told(
        runs=frozenset().union(*(_runs(text, tokens) for text, tokens in each)),
        words=words[:_ORDERED],
        title=frozenset(_tokens(title) if title else ()) - _ARTICLES,
        figures=frozenset(word for word in words if word[0].isdigit()),
    )


def runs_by(*texts: str | None) -> frozenset[int]:
    """The runs alone of what a record tells by its texts."""
    return frozenset().union(*(_runs(text, _tokens(text)) for text in texts if text))


def _tokens(text: str) -> list[str]:
    if text.isascii() and len(text) <= _PLAIN:
        return _PLAIN_TOKENS.findall(text.lower())[:_MOST]
    return [found[0] for found in islice(_TOKENS.finditer(text.casefold()), _MOST)]


def _runs(text: str, tokens: Sequence[str]) -> set[int]:
    """The runs of a text, each as a number; of one that is shorter than a run the whole is one."""
    if _is_chinese(text):
        tokens, long, between = [*"".join(tokens)], _CHARACTERS, b""
    else:
        long, between = _WORDS, b" "
    said = [token.encode() for token in tokens]
    if 0 < len(said) < long:
        return {crc32(between.join(said))}
    return set(map(crc32, map(between.join, zip(*(said[at:] for at in range(long)), strict=False))))


def _is_chinese(text: str) -> bool:
    if text.isascii():
        return False
    chinese = len(_CHINESE_ONE.findall(text))
    return chinese > 0 and chinese >= _CHINESE * len(_LETTER.findall(text))


def alike(one: Collection[object], other: Collection[object]) -> float:
    """How much of two sets is in both: 1 for the same, 0 for nothing in common, or nothing at all."""
    both = len(set(one) & set(other))
    return both / (len(one) + len(other) - both) if both else 0.0


def compare(one: Told, other: Told) -> Twins | None:
    """How alike two are, if they are twins."""
    likeness = alike(one.runs, other.runs)
    if likeness < ALIKE or not (one.figures <= other.figures or other.figures <= one.figures):
        return None
    titles = alike(one.title, other.title)
    if likeness < NEARLY_SAME and titles < TITLES_ALIKE:
        return None
    order = _in_order(one.words, other.words)
    return None if likeness < NEARLY_SAME and order < IN_ORDER else Twins(likeness, titles, order)


def _in_order(one: Sequence[str], other: Sequence[str]) -> float:
    """How much of the shorter text stands in the other in the same order, of both the beginning; the same whichever comes first.

    The length of the longest common subsequence, a whole row in each step: its bits are the places of a text (Hyyrö, Bit-parallel
    LCS-length computation revisited, 2004). So no text takes more steps than it has words, whatever they are.
    """
    first, second = sorted((one[:_ORDERED], other[:_ORDERED]), key=len)
    places = dict[str, int]()
    for at, word in enumerate(first):
        places[word] = places.get(word, 0) | 1 << at
    every = (1 << len(first)) - 1
    row = every
    for word in second:
        hits = row & places.get(word, 0)
        row = (row + hits | row - hits) & every
    return (len(first) - row.bit_count()) / len(first) if first else 0.0


def signature(runs: Collection[int]) -> tuple[int, ...]:
    """64 numbers of a set, each the same for two sets as often as they are alike; none of an empty set.

    Each run is thrown into one of 64 slots, where the least stays; an empty slot is filled in the next round (Dahlgaard, Knudsen and
    Thorup, Fast similarity sketching, 2017). What is empty after the last round has a hash of its own.
    """
    if not runs:
        return ()
    found: dict[int, int] = {}
    for factor in _FACTORS[:_ROUNDS]:
        thrown = [number for run in runs if (number := run * factor & _BITS) >> _SLOT not in found]
        found |= {number >> _SLOT: number for number in sorted(thrown, reverse=True)}
        if len(found) == NUMBERS:
            break
    return tuple(
        found[slot] if slot in found else min((run ^ factor) * factor & _BITS for run in runs)
        for slot, factor in enumerate(_FACTORS)
    )


def bands_of(runs: Collection[int]) -> list[int]:
    """Sixteen numbers of 32 bits with a sign, each of a band: two sets that share one are worth comparing."""
    numbers = signature(runs)
    return [
        crc32(repr((band, numbers[band * _ROWS : (band + 1) * _ROWS])).encode()) - (1 << 31)
        for band in range(BANDS if numbers else 0)
    ]


def find_twins(told: Mapping[str, Told]) -> Iterator[tuple[str, str, Twins]]:
    """Of many the pairs that are twins, each once, the lesser name first, in order."""
    sharing = defaultdict[int, list[str]](list)
    for name in sorted(told):
        for band in bands_of(told[name].runs):
            sharing[band].append(name)
    pairs = {(one, other) for names in sharing.values() for at, one in enumerate(names) for other in names[at + 1 :]}
    for one, other in sorted(pairs):
        if (found := compare(told[one], told[other])) is not None:
            yield one, other, found


def groups_of(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """What hangs together by pairs, each group in order, the groups by their first."""
    leads: dict[str, str] = {}

    def lead(name: str) -> str:
        while leads.setdefault(name, name) != name:
            leads[name] = name = leads[leads[name]]
        return name

    for pair in pairs:
        first, second = sorted(map(lead, pair))
        leads[second] = first
    found = defaultdict[str, list[str]](list)
    for name in sorted(leads):
        found[lead(name)].append(name)
    return sorted(tuple(names) for names in found.values())
