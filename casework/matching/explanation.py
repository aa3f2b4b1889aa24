"""Why a record stands where it stands, in words that a person can check: what each part gives adds up to the score."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from casework.matching.bm25 import Scored
from casework.matching.query import Asked


class Kind(StrEnum):
    """What a part of an explanation is about."""

    #: A word of the need that the record says.
    WORD = "word"
    #: A word of the need that the record says in another language.
    TRANSLATION = "translation"
    #: It was deployed, and what that saves is verified: no word of it, a bonus.
    DEPLOYED = "deployed"
    #: Codes of the patent classification that both have: nothing of the score, as few records have any.
    CODES = "codes"
    #: What it costs beside the need's budget, in the same currency: nothing of the score either.
    COST = "cost"
    #: Where it was deployed, and where it was developed: nothing of the score.
    COUNTRIES = "countries"
    #: The record means much of the same, whatever words it uses.
    SIMILAR = "similar"


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """What one word of the need gives."""

    kind: Kind
    #: The word, and what it is in the other language: 热泵 = heat pump; of a bonus at how many sites.
    text: str
    #: Who says so: the dictionary, a version of the glossary, or a version of the bonus.
    source: str
    #: Whether it stands in the title.
    title: bool
    share: float
    #: Of similar texts the record's sentence that is closest to the need's, which is the text; of a cost the budget; of countries where it
    #: was developed.
    closest: str = ""
    #: Of a word the fields of the record that say it, in the order in which a record is told; empty where that was not looked at.
    fields: Sequence[str] = ()


def parts_of(
    scored: Scored,
    asked: Iterable[Asked],
    counts: Mapping[str, Sequence[int]],
    fields: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> list[Part]:
    """What gives a record its score, the most first; the shares add up to it. `fields`: by field of the record the terms that it says."""
    found: dict[tuple[Kind, str, str], list[tuple[float, str]]] = {}
    for one in asked:
        if (share := scored.shares.get(one.term)) is None:
            continue
        kind = Kind.TRANSLATION if one.source else Kind.WORD
        said = f"{one.said} = {one.meant}" if one.source else one.said
        found.setdefault((kind, said, one.source), []).append((share, one.term))
    parts = [
        Part(
            kind=kind,
            text=said,
            source=source,
            title=any(counts[term][0] > 0 for _, term in shares),
            share=math.fsum(share for share, _ in shares),
            fields=[name for name, said in fields.items() if any(term in said for _, term in shares)],
        )
        for (kind, said, source), shares in found.items()
    ]
    return sorted(parts, key=lambda part: (-part.share, part.kind, part.text, part.source))
