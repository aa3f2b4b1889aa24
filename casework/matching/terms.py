"""The terms of a text: what an index keeps of it, and what a query asks of one.

Words of spaced languages are stems, Chinese is taken by twos. What says nothing (the, of, und) is left out. As long as a text may
be, each letter is read once.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

import Stemmer

Language = Literal["english", "german"]

#: Letters of what is written without spaces.
UNSPACED = "\u2e80-\u2fff\u3001-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
#: So much of a text is read, and so much of a word kept.
MOST_LETTERS, LONGEST_WORD = 50_000, 64

#: Words that say nothing of what a text is about.
_OF_ENGLISH = (
    "a about all also am an and any are as at be because been before being between both but by can could did do does doing each"
    " few for from further had has have having he her here hers him his how i if in into is it its itself may me might more most"
    " must my no nor not of on once only or other our ours out over own same shall she should so some such than that the their"
    " theirs them then there these they this those through to too under until up upon us very was we were what when where which"
    " while who whom whose why will with would you your yours"
)
_OF_GERMAN = (
    "aber alle als also am an auch auf aus bei beim bis da damit dann das dass dem den denn der des die dies diese diesem diesen"
    " dieser dieses doch dort durch ein eine einem einen einer eines er es etwa für gegen hat haben hier hinter ich ihr ihre"
    " ihrem ihren ihrer im in indem ins ist jede jedem jeden jeder jedes kann kein keine können man mehr mit nach nicht noch nur"
    " ob oder ohne sehr sein seine sich sie sind so sondern sowie um und uns unter vom von vor war was wegen weil wenn werden wie"
    " wir wird wo wurde wurden zu zum zur zwischen über"
)
_SAYS_NOTHING: dict[Language, frozenset[str]] = {
    "english": frozenset(_OF_ENGLISH.split()),
    "german": frozenset(_OF_GERMAN.split()),
}
#: By these a text is German: no English one has them.
_TELL_GERMAN = "und der das ein eine für mit von zur zum ist nicht wird werden durch bei auf dem den des im sich oder"
_TELL_ENGLISH = "the of and to is for with that by are from as on or be which"
_GERMAN, _ENGLISH = frozenset(_TELL_GERMAN.split()), frozenset(_TELL_ENGLISH.split())

_WORD = re.compile(r"[^\W_]+")
_RUN = re.compile(f"([{UNSPACED}]+)|([^{UNSPACED}]+)")
_UMLAUT = re.compile("[äöüß]")
_own = threading.local()


class Word(NamedTuple):
    """A term, and how the text says it."""

    term: str
    said: str


def normalised(said: str) -> str:
    """A text in one way of writing: wide and narrow, small and large letters are one."""
    return unicodedata.normalize("NFKC", said[:MOST_LETTERS]).casefold()[:MOST_LETTERS]


def language_of(said: str) -> Language:
    """In which of the two languages that have stems here the words of a text are; English where nothing tells."""
    words = unicodedata.normalize("NFKC", said[:MOST_LETTERS]).lower()[:MOST_LETTERS]
    each = _WORD.findall(words)
    german, english = (sum(map(telling.__contains__, each)) for telling in (_GERMAN, _ENGLISH))
    if german or english:
        return "german" if german > english else "english"
    return "german" if _UMLAUT.search(words) else "english"


def words_of(said: str, language: Language | None = None) -> Iterator[Word]:
    """The terms of a text in their order, each with the word that it is of."""
    language = language or language_of(said)
    for word in _WORD.findall(normalised(said)):
        yield from _words_in(word, language)


def _words_in(said: str, language: Language) -> tuple[Word, ...]:
    """The terms of what stands between blanks and signs."""
    # Texts say the same few thousand words again and again; what is written without spaces may be long, and hardly ever is the same.
    return _known(said, language) if said.isascii() and len(said) <= LONGEST_WORD else _found(said, language)


@lru_cache(maxsize=30_000)
def _known(said: str, language: Language) -> tuple[Word, ...]:
    return _found(said, language)


def _found(said: str, language: Language) -> tuple[Word, ...]:
    stem, nothing = _stemmer(language).stemWord, _SAYS_NOTHING[language]
    found: list[Word] = []
    for run in _RUN.finditer(said):
        unspaced, word = run.groups()
        if unspaced:
            found += (Word(pair, pair) for pair in pairs_of(unspaced))
        elif word.isdecimal():
            # The stemmer keeps what it was asked, and numbers there are without end.
            found.append(Word(word[:LONGEST_WORD], word[:LONGEST_WORD]))
        elif word not in nothing:
            found.append(Word(stem(word[:LONGEST_WORD])[:LONGEST_WORD], word[:LONGEST_WORD]))
    return tuple(found)


def terms_of(said: str, language: Language | None = None) -> list[str]:
    """The terms of a text in their order."""
    return [word.term for word in words_of(said, language)]


def terms_in(said: str, language: Language | None = None) -> set[str]:
    """The terms of a text, each once, in no order."""
    language = language or language_of(said)
    return {term for word in set(_WORD.findall(normalised(said))) for term, _ in _words_in(word, language)}


def pairs_of(unspaced: str) -> list[str]:
    """What is written without spaces, each two letters that follow each other; one alone stands for itself."""
    return [unspaced[at : at + 2] for at in range(len(unspaced) - 1)] or [unspaced]


def runs_of(said: str) -> list[str]:
    """The stretches of a text that are written without spaces."""
    return [run[1] for word in _WORD.finditer(normalised(said)) for run in _RUN.finditer(word[0]) if run[1]]


class Counts(NamedTuple):
    """How often a record says a term: in its title, and in the rest."""

    title: int
    body: int


def counts_of(title: str, body: str) -> dict[str, Counts]:
    """How often a record says each of its terms."""
    return {term: Counts(*both) for term, both in tally(title, body).items()}


def tally(title: str, body: str) -> dict[str, list[int]]:
    """The same as an index keeps it: of each term how often the title says it, and how often the rest."""
    if title.isascii() and body.isascii() and len(title) + len(body) < MOST_LETTERS:
        # Nearly every text is: its words are found once, for what they are and for their language.
        said = [Counter(_WORD.findall(text.lower())) for text in (title, body)]
        german, english = (
            sum(words[word] for words in said for word in telling & words.keys()) for telling in (_GERMAN, _ENGLISH)
        )
        language: Language = "german" if german > english else "english"
    else:
        language = language_of(f"{title} {body}")
        said = [Counter(_WORD.findall(normalised(text))) for text in (title, body)]
    counted: dict[str, list[int]] = {}
    for place, words in enumerate(said):
        for word, times in words.items():
            for term, _ in _words_in(word, language):
                counted.setdefault(term, [0, 0])[place] += times
    return counted


def _stemmer(language: Language) -> Stemmer.Stemmer:
    # One stemmer serves one thread.
    if (found := getattr(_own, language, None)) is None:
        found = Stemmer.Stemmer(language)
        setattr(_own, language, found)
    return found
