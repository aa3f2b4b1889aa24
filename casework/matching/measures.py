"""How good a list is beside what people judged: nDCG at ten and mean average precision."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

#: By document how well it answers; what is not there, or nothing, does not.
Grades = Mapping[str, int]


def ndcg(found: Sequence[str], grades: Grades, most: int = 10) -> float:
    """How much of what the best list would give the first so many give, the earlier the more."""
    best = _gain(sorted(grades.values(), reverse=True)[:most])
    return _gain([grades.get(id, 0) for id in found[:most]]) / best if best else 0.0


def average_precision(found: Sequence[str], grades: Grades) -> float:
    """Of each document that answers what share of those before it does, on average."""
    wanted = {id for id, grade in grades.items() if grade > 0}
    hits, total = 0, 0.0
    for place, id in enumerate(found, start=1):
        if id in wanted:
            hits += 1
            total += hits / place
    return total / len(wanted) if wanted else 0.0


def measured(lists: Mapping[str, Sequence[str]], judged: Mapping[str, Grades]) -> dict[str, float]:
    """Both measures over all queries that were judged; one without a list has found nothing."""
    each = [(lists.get(query, ()), grades) for query, grades in sorted(judged.items())]
    return {
        "nDCG@10": math.fsum(ndcg(*one) for one in each) / len(each) if each else 0.0,
        "MAP": math.fsum(average_precision(*one) for one in each) / len(each) if each else 0.0,
    }


def _gain(grades: Sequence[int]) -> float:
    return math.fsum(grade / math.log2(place + 1) for place, grade in enumerate(grades, start=1))
