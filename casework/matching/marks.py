"""Where a text says what was searched for, so that a page can mark it."""

from __future__ import annotations

import re
from collections.abc import Collection

from casework.matching.terms import UNSPACED, language_of, terms_of

_RUN = re.compile(rf"[{UNSPACED}]+|[^\W_{UNSPACED}]+")
_UNSPACED = re.compile(f"[{UNSPACED}]")


#: Where a sentence ends.
_END = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])|[\r\n]+")


def telling_sentence(said: str, terms: Collection[str]) -> str:
    """The sentence of a text that says most of the terms, of equal ones the first; empty where none says one."""
    language, wanted, best, most = language_of(said), set(terms), "", 0
    for sentence in _END.split(said):
        if (says := len(wanted & set(terms_of(sentence, language)))) > most:
            best, most = sentence.strip(), says
    return best


def pieces_of(said: str, terms: Collection[str]) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it says one of the terms."""
    spans: list[tuple[int, int]] = []
    language = language_of(said) if terms else "english"
    for run in _RUN.finditer(said) if terms else ():
        if not _UNSPACED.match(run[0]):
            spans += [run.span()] if set(terms_of(run[0], language)) & set(terms) else []
            continue
        for at in range(run.start(), run.end() - 1):
            spans += [(at, at + 2)] if said[at : at + 2] in terms else []
    pieces, done = list[tuple[str, bool]](), 0
    for start, end in spans:
        if start > done:
            pieces.append((said[done:start], False))
        if pieces and pieces[-1][1] and start <= done:
            pieces[-1] = (pieces[-1][0] + said[done:end], True)
        else:
            pieces.append((said[start:end], True))
        done = end
    return [*pieces, (said[done:], False)] if done < len(said) else pieces
