"""What a search asks of the indexes of words: text queries for `casework_terms` and `casework_case_terms` (`sql/terms.sql`).

An index finds whatever may hold a word, and maybe more: the statements go on comparing each text with the word itself, so that what
is found does not depend on what an index keeps. A test holds that nothing is missed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from casework.matching.terms import UNSPACED

#: The terms of what an IP right, a past project, an assessment of needs, and a visit or an event of one say of themselves: expressions
#: of SQL over the columns of their tables, of which their indexes of words are made; and of all but rights the texts themselves.
RIGHT_TERMS = "casework_terms_of_five(office, application_number, number, owner, family)"
PROJECT_TERMS = "casework_terms_of_five(title, title_zh, need_owner, technology_owner, external_id)"
PROJECT_SAYS = "concat_ws(' ', title, title_zh, need_owner, technology_owner, external_id)"
ASSESSMENT_TERMS = "casework_terms_of_three(title, title_zh, conclusion)"
ASSESSMENT_SAYS = "concat_ws(' ', title, title_zh, conclusion)"
VISIT_TERMS = "casework_terms_of_three(title, place, notes)"
VISIT_SAYS = "concat_ws(' ', title, place, notes)"
#: Runs of what indexes keep: Latin words and numbers, and what is written without spaces.
_RUN = re.compile(f"([a-z0-9]+)|([{UNSPACED}]+)")
_SMALL = str.maketrans({chr(letter): chr(letter + 32) for letter in range(ord("A"), ord("Z") + 1)})
#: Letters of which a text may hold a plain one in their place, within a word; and the dot of which a small I of them is made.
_DOUBTFUL = re.compile("[\u0130\u0131\u017f\u212a\u0307]")
#: The longest word that an index keeps.
_LONGEST = 1000


def terms_of(word: str) -> str | None:
    """The query that finds what holds the word where a word begins; None where no index knows."""
    return _all(_asked(word, inside=False))


def rarest_terms(words: Iterable[str], most: int) -> list[str]:
    """The queries of so many words by which an index knows something, the longest first: these are the rarest."""
    longest = sorted(dict.fromkeys(words), key=len, reverse=True)
    return [terms for word in longest if (terms := terms_of(word))][:most]


def terms_of_all(words: Iterable[str]) -> str | None:
    """The query that finds what holds all the words of which an index knows something; None where it knows of none."""
    return " & ".join(f"({terms})" for word in dict.fromkeys(words) if (terms := terms_of(word))) or None


def terms_within(words: str) -> str | None:
    """The query that finds what holds these words as they stand, wherever they begin; None where no index knows."""
    return _all(_asked(words, inside=True))


def terms_within_plain(words: str) -> str | None:
    """The same of an index that keeps no letters by threes, and so knows nothing of a word that may have begun before."""
    return _all(term for term in _asked(words, inside=True) if not term.startswith("'~"))


def holds_unspaced(words: str) -> bool:
    """Whether something in them is written without spaces, as Chinese is."""
    return any(run[2] for run in _RUN.finditer(words.translate(_SMALL)))


def of_programmes(query: str, programmes: Iterable[str]) -> str:
    """The same among the cases of these programmes; of none it finds none."""
    return f"({query}) & ({' | '.join(_term(f'#{programme}') for programme in programmes) or _term('#')})"


def _all(asked: Iterator[str]) -> str | None:
    return " & ".join(dict.fromkeys(asked)) or None


def _asked(said: str, *, inside: bool) -> Iterator[str]:
    said = said.translate(_SMALL)
    if _DOUBTFUL.search(said):
        return
    for run in _RUN.finditer(said):
        word, unspaced = run.groups()
        if unspaced:
            yield from map(_term, _pairs(unspaced) if len(unspaced) > 1 else [unspaced])
        elif inside and run.start() == 0:
            # What stands before it in the text is not known.
            yield from (_term(f"~{word[start : start + 3]}") for start in range(min(len(word), _LONGEST) - 2))
        else:
            # What is last may go on.
            yield _term(word[:_LONGEST]) + (":*" if run.end() == len(said) else "")


def _pairs(unspaced: str) -> Iterator[str]:
    return (unspaced[start : start + 2] for start in range(len(unspaced) - 1))


def _term(term: str) -> str:
    # No term has a quote or a backslash in it.
    return f"'{term}'"
