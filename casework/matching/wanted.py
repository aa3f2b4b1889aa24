"""What a search box asks of an index: every word of it, or what it is in the other language, written as a query of quoted terms only.

A need is a text, of which any word may find a record; a search is a few words, of which a record says each, in either language.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from casework.matching.dictionary import LONGEST_ENGLISH, Dictionary, Glossary, segmented
from casework.matching.facets import Facet, term_of
from casework.matching.terms import Word, language_of, pairs_of, runs_of, terms_of, words_of

#: A way to say a word: all of its terms.
Way = tuple[str, ...]
#: So many words of a search are asked for.
MOST_WORDS = 12


def ways_of(said: str, dictionary: Dictionary, glossary: Glossary) -> list[list[Way]]:
    """For each word of a search the ways in which a record may say it."""
    ways = [*_chinese(said, dictionary, glossary), *_spaced(said, dictionary, glossary)]
    return [list(dict.fromkeys(one)) for one in ways[:MOST_WORDS]]


def query_of(words: Sequence[Sequence[Way]], *, mark: str = "", every: bool = True) -> str:
    """What PostgreSQL is asked: every one of the words, or any; `mark` before each term. Empty where nothing is asked."""
    asked = [" | ".join(f"({_all(way, mark)})" for way in ways) for ways in words]
    return (" & " if every else " | ").join(f"({one})" for one in asked)


def narrowed(query: str, facets: Sequence[Facet], mark: str = "") -> str:
    """The same of records alone that are among all of these; `mark` before each."""
    return " & ".join(filter(None, (query and f"({query})", _all([term_of(facet) for facet in facets], mark))))


def _all(terms: Sequence[str], mark: str = "") -> str:
    return " & ".join(quoted(f"{mark}{term}") for term in terms)


def quoted(term: str) -> str:
    """A term as PostgreSQL reads it whatever it holds."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _chinese(said: str, dictionary: Dictionary, glossary: Glossary) -> Iterator[list[Way]]:
    known = glossary.by_word
    for run in runs_of(said):
        # Letters that are no word by themselves are one that nobody knows.
        for alone, some in groupby(segmented(run, dictionary, known), key=lambda word: len(word) == 1):
            for word in ["".join(some)] if alone else some:
                if len(word) == 1 and word != run:
                    continue
                meanings = known.get(word) or ([] if alone else dictionary.meanings(word))
                yield [tuple(pairs_of(word)), *filter(None, (tuple(terms_of(one, "english")) for one in meanings))]


def _spaced(said: str, dictionary: Dictionary, glossary: Glossary) -> Iterator[list[Way]]:
    """Words between spaces, as many together as mean one thing; German ones are asked for as they are."""
    language = language_of(said)
    unspaced = {pair for run in runs_of(said) for pair in pairs_of(run)}
    words = [word for word in words_of(said, language) if word.term not in unspaced]
    known = glossary.by_terms
    at = 0
    while at < len(words):
        some = words[at : at + 1]
        chinese_words: Sequence[str] = ()
        for length in range(min(LONGEST_ENGLISH, len(words) - at), 0, -1) if language == "english" else ():
            if found := _called(words[at : at + length], dictionary, known):
                some, chinese_words = words[at : at + length], found
                break
        yield [tuple(word.term for word in some), *(tuple(terms_of(one, "english")) for one in chinese_words)]
        at += len(some)


def _called(words: Sequence[Word], dictionary: Dictionary, known: Mapping[Way, Sequence[str]]) -> Sequence[str]:
    """What some words together are in Chinese."""
    terms = tuple(word.term for word in words)
    return known.get(terms) or dictionary.chinese(" ".join(word.said for word in words))
