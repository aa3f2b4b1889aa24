"""One list of several: reciprocal rank fusion, which needs no scores that can be compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

K, DEPTH = 60, 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Fused:
    """Where a record comes to stand, with its rank in each channel that has it."""

    id: str
    score: float
    ranks: Mapping[str, int]


def fuse(channels: Mapping[str, Sequence[str]], *, k: int = K, depth: int = DEPTH) -> list[Fused]:
    """The records of all channels, each a list with the best first; of equal ones the smaller id is first."""
    ranks: dict[str, dict[str, int]] = {}
    for channel, ids in channels.items():
        for rank, id in enumerate(dict.fromkeys(ids[:depth]), start=1):
            ranks.setdefault(id, {})[channel] = rank
    fused = [Fused(id=id, score=given(of.values(), k), ranks=of) for id, of in ranks.items()]
    return sorted(fused, key=lambda one: (-one.score, one.id))


def given(ranks: Iterable[int], k: float = K) -> float:
    """What ranks give, whatever their order."""
    return math.fsum(1 / (k + rank) for rank in ranks)
