"""Which records can be among the first by the terms that they say: whatever says too little for it is not looked at.

How much a record says is the sum of what its terms weigh, in whole numbers. A guess tells how much the first so many say; queries of
quoted terms find every record that says so much. The guess decides how long it takes, and nothing of what is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from casework.matching.wanted import quoted

#: Into so many steps the guess parts what all terms weigh together.
_STEPS = 400
#: A query tells the records apart that say two or three of its terms; whoever says more of them is told by what it weighs. One that tells
#: more apart is longer, and takes as much longer.
NESTED = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class Telling:
    """A term that names records: how much it weighs, and how many say it."""

    term: str
    weight: int
    records: int


def weight_of(telling: Iterable[Telling], said: Collection[str]) -> int:
    """How much a record says."""
    return sum(one.weight for one in telling if one.term in said)


def guess_least(telling: Sequence[Telling], records: int, most: int) -> int:
    """How much the first so many of all records say at least, were each term said whatever others are; 0 where so many say nothing."""
    step = max(1, sum(one.weight for one in telling) // _STEPS)
    #: By how many steps a record says which part of all does.
    parts = [1.0]
    for one in telling:
        share, more = min(1.0, one.records / max(1, records)), [0.0] * (one.weight // step)
        without, saying = [part * (1 - share) for part in parts], [part * share for part in parts]
        parts = [a + b for a, b in zip([*without, *more], [*more, *saying], strict=True)]
    found = 0.0
    for steps in range(len(parts) - 1, 0, -1):
        found += parts[steps] * records
        if found >= most:
            return steps * step
    return 0


def queries_for(telling: Iterable[Telling], least: int, *, mark: str = "", nested: int = NESTED) -> list[str]:
    """Queries that together find every record that says so much, and few others, each by the rarest of its terms; `mark` before each.

    The rarest first: a database goes through the records that say it, and asks of these alone whether they say the others.
    A term that with all more frequent ones does not weigh enough has no query.
    """
    return _ways(sorted(telling, key=lambda one: (one.records, one.term)), least, mark, nested)


def _ways(telling: Sequence[Telling], least: int, mark: str, nested: int) -> list[str]:
    ways, left = list[str](), sum(one.weight for one in telling)
    for n, one in enumerate(telling):
        if left < least:
            break
        left -= one.weight
        term, wanting = quoted(f"{mark}{one.term}"), least - one.weight
        if wanting <= 0 or not nested:
            ways.append(term)
        else:
            ways.append(f"{term} & ({' | '.join(_ways(telling[n + 1 :], wanting, mark, nested - 1))})")
    return ways
