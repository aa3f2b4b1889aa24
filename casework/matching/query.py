"""What a text asks of an index: its terms with their weight, and for Chinese and English what they are in the other language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from casework.matching.bm25 import rarity
from casework.matching.dictionary import Dictionary, Glossary, Translation, to_chinese, to_english
from casework.matching.terms import UNSPACED, Word, language_of, words_of

_UNSPACED = re.compile(f"[{UNSPACED}]")
#: So many terms name the candidates.
RAREST = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A term that is asked for: how often, and what of the text asks for it."""

    term: str
    #: How often the text says it; of a word in the other language the share of each of its terms.
    weight: float
    #: As the text says it.
    said: str
    #: What it is in the other language, and who says so; empty where the text says the term itself.
    meant: str = ""
    source: str = ""


def ask(
    said: str, *, dictionary: Dictionary | None = None, glossary: Glossary | None = None, chinese: bool = False
) -> list[Asked]:
    """What a text asks: what it says itself first, then, with a dictionary, what Chinese words of it are in English; with
    `chinese` what English ones are in Chinese."""
    glossary = glossary or Glossary()
    language = language_of(said)
    words = list(words_of(said, language))
    asked: dict[str, Asked] = {}
    for word in words:
        _add(asked, Asked(term=word.term, weight=1.0, said=word.said))
    if dictionary is not None:
        for translation in _translations(said, words, dictionary, glossary, chinese=chinese and language == "english"):
            share, said_so = 1.0 / len(translation.terms), translation.source
            for term in translation.terms:
                one = Asked(term=term, weight=share, said=translation.said, meant=translation.meant, source=said_so)
                _add(asked, one)
    return list(asked.values())


def _translations(
    said: str, words: list[Word], dictionary: Dictionary, glossary: Glossary, *, chinese: bool
) -> Iterator[Translation]:
    yield from to_english(said, dictionary, glossary)
    if chinese:
        yield from to_chinese([word for word in words if not _is_unspaced(word.term)], dictionary, glossary)


def _add(asked: dict[str, Asked], one: Asked) -> None:
    before = asked.get(one.term)
    if before is None:
        asked[one.term] = one
    else:
        # What says it first is what is shown.
        asked[one.term] = Asked(
            term=one.term,
            weight=before.weight + one.weight,
            said=before.said,
            meant=before.meant,
            source=before.source,
        )


def _is_unspaced(term: str) -> bool:
    return bool(_UNSPACED.match(term))


def tellers(asked: list[Asked], frequencies: Mapping[str, int], records: int, most: int = RAREST) -> list[str]:
    """The terms by which candidates are found: those that weigh most, of all that any record says; ties by term."""
    weighed = [
        (-one.weight * rarity(records, frequencies[one.term]), one.term)
        for one in asked
        if frequencies.get(one.term, 0) > 0
    ]
    return [term for _, term in sorted(weighed)[:most]]
