"""The measures of a list: by what they give for lists whose worth is known."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.measures import average_precision, measured, ndcg

IDS = st.lists(st.sampled_from("abcdefghijklmnop"), unique=True, max_size=16)
GRADES = st.dictionaries(st.sampled_from("abcdefghijklmnop"), st.integers(0, 3), min_size=1)


def test_known_lists_have_their_known_worth() -> None:
    grades = {"a": 1, "b": 1}
    assert ndcg(["a", "b", "c"], grades) == 1
    assert math.isclose(ndcg(["c", "a"], grades), (1 / math.log2(3)) / (1 + 1 / math.log2(3)))
    assert math.isclose(average_precision(["c", "a", "d", "b"], grades), (1 / 2 + 2 / 4) / 2)
    assert measured({"q": ["a", "b"]}, {"q": grades, "asked in vain": {"a": 1}}) == {"nDCG@10": 0.5, "MAP": 0.5}
    assert measured({}, {}) == {"nDCG@10": 0, "MAP": 0}


@given(IDS, GRADES)
def test_no_list_is_worth_more_than_the_best(found: list[str], grades: dict[str, int]) -> None:
    best = sorted(grades, key=lambda id: -grades[id])
    assert 0 <= ndcg(found, grades) <= ndcg(best, grades) + 1e-12 <= 1 + 2e-12
    assert 0 <= average_precision(found, grades) <= 1 + 1e-12
