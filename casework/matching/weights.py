"""What weighs how much in a ranked list: a setting with versions, of which each run keeps the one by which it was made.

The first version is what the product begins with. Whoever agrees on another one gives it a higher number, and nothing changes by itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

#: The version that a programme has which has agreed on no other.
FIRST = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Weights:
    """What a list is ordered by."""

    version: int = FIRST
    #: As often a word counts that stands in the title.
    title: float = 2.0
    #: BM25: how much a word counts that is said again, and how much a long record loses.
    k1: float = 1.2
    b: float = 0.75
    #: Reciprocal rank fusion: the larger, the closer the first ranks lie to those behind.
    fusion: float = 60.0
    #: What a rank among similar texts weighs beside the same rank by words.
    text: float = 1.0
    #: What share of its score a record gains whose effect was verified at a site.
    verified: float = 0.03


#: What a programme begins with.
SHIPPED = Weights()
#: By name the least and the most that may be set: outside of it a list says nothing any more, or is no longer one of words and texts.
BOUNDS: Mapping[str, tuple[str, str]] = {
    "title": ("0.5", "10"),
    "k1": ("0", "3"),
    "b": ("0", "1"),
    "fusion": ("1", "1000"),
    "text": ("0.1", "3"),
    "verified": ("0", "0.2"),
}
_NUMBER = re.compile(r"[0-9]{1,4}(\.[0-9]{1,3})?", re.ASCII)


def plain(said: str) -> str | None:
    """A number as it is kept, without what it does not need: 2 for 2.00; None where it is none, or has more than three decimals."""
    if _NUMBER.fullmatch(said) is None:
        return None
    return f"{Decimal(said).normalize():f}"


def within(name: str, said: str) -> bool:
    """Whether a number lies where it may."""
    least, most = BOUNDS[name]
    return Decimal(least) <= Decimal(said) <= Decimal(most)


def values_of(weights: Weights) -> dict[str, str]:
    """Each by its name, as it is kept."""
    return {name: plain(str(getattr(weights, name))) or "0" for name in BOUNDS}


def weights_of(version: int, values: Mapping[str, str]) -> Weights:
    """The weights of a version; what it does not say is as the product begins."""
    return Weights(version=version, **{name: float(values[name]) for name in BOUNDS if name in values})


__all__ = ["BOUNDS", "FIRST", "SHIPPED", "Weights", "plain", "values_of", "weights_of", "within"]
