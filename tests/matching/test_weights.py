"""Weights: the first version is what the product begins with, each lies within bounds, and numbers alone are numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.matching.bm25 import Corpus, scorer
from casework.matching.weights import BOUNDS, FIRST, SHIPPED, Weights, plain, values_of, weights_of, within

CORPUS = Corpus(records=100, length=2_000, frequencies={"heat": 10, "pump": 5})


def test_the_first_version_is_what_the_product_begins_with() -> None:
    assert values_of(SHIPPED) == {
        "title": "2",
        "k1": "1.2",
        "b": "0.75",
        "fusion": "60",
        "text": "1",
        "verified": "0.03",
    }
    assert weights_of(FIRST, {}) == weights_of(FIRST, values_of(SHIPPED)) == SHIPPED


def test_what_the_product_begins_with_lies_within_its_bounds() -> None:
    assert all(within(name, said) for name, said in values_of(SHIPPED).items())
    assert set(BOUNDS) == set(Weights.__dataclass_fields__) - {"version"}


@pytest.mark.parametrize(
    "said",
    [
        "",
        "-1",
        "1e3",
        "1E400",
        "nan",
        "inf",
        "1_0",
        "１",
        "٣",
        "1,5",
        "0x1",
        " 1",
        "1.2345",
        "12345",
        "1.",
        ".5",
        "None",
        "True",
        "2\n",
    ],
)
def test_what_is_no_number_is_none(said: str) -> None:
    assert plain(said) is None


@given(st.decimals(min_value=0, max_value=9999, places=3, allow_nan=False, allow_infinity=False))
def test_a_number_is_kept_in_one_way(number: object) -> None:
    said = plain(f"{number:f}")
    assert said is not None
    assert plain(said) == said
    assert float(said) == float(str(number))


@pytest.mark.parametrize("weights", [weights_of(2, dict.fromkeys(BOUNDS, end)) for end in ("0.5", "1")])
def test_a_record_that_says_more_of_what_is_asked_stands_no_lower(weights: Weights) -> None:
    asked = [("heat", 1.0), ("pump", 1.0)]
    one = scorer(asked, CORPUS, weights=weights)("a", {"heat": (0, 1)}, 20)
    both = scorer(asked, CORPUS, weights=weights)("b", {"heat": (0, 1), "pump": (0, 1)}, 20)
    assert both.score > one.score > 0


def test_at_the_ends_of_all_bounds_a_score_is_a_number() -> None:
    for end in (0, 1):
        weights = weights_of(2, {name: bounds[end] for name, bounds in BOUNDS.items()})
        found = scorer([("heat", 1.0)], CORPUS, weights=weights)("a", {"heat": (1, 0)}, 0)
        assert 0 < found.score < 1_000


def test_a_word_of_the_title_counts_as_often_as_is_set() -> None:
    scores = [
        scorer([("heat", 1.0)], CORPUS, weights=weights_of(2, {"title": title}))("a", {"heat": (1, 0)}, 20).score
        for title in ("0.5", "2", "10")
    ]
    assert scores == sorted(scores)
    assert len(set(scores)) == 3
