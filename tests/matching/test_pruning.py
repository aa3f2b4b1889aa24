"""What is passed over says too little: queries find whatever says enough, and the guess comes near."""

from __future__ import annotations

import re
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.pruning import Telling, guess_least, queries_for, weight_of

TERMS = tuple("abcdefghijkl")
TELLING = st.lists(st.tuples(st.integers(0, 9_000), st.integers(1, 9_000)), min_size=1, max_size=len(TERMS)).map(
    lambda each: [
        Telling(term=term, weight=weight, records=records) for term, (weight, records) in zip(TERMS, each, strict=False)
    ]
)
SAID = st.sets(st.sampled_from(TERMS))
_PART = re.compile(r"'!?(\w)'|[&|()]")


def finds(query: str, said: set[str]) -> bool:
    """Whether PostgreSQL finds a record that says this."""
    parts = [f"{part[1] in said}" if part[1] else part[0] for part in _PART.finditer(query)]
    # Of true and false alone, by the same rules: what is between & belongs together.
    return bool(eval(" ".join(parts)))


@given(TELLING, SAID, st.integers(1, 30_000))
def test_whatever_says_enough_is_found(telling: list[Telling], said: set[str], least: int) -> None:
    queries = queries_for(telling, least)
    if weight_of(telling, said) >= least:
        assert any(finds(query, said) for query in queries)


@given(TELLING, SAID, st.integers(1, 30_000))
def test_of_what_says_two_terms_at_most_nothing_else_is_found(
    telling: list[Telling], said: set[str], least: int
) -> None:
    some = set(sorted(said)[:2])
    found = any(finds(query, some) for query in queries_for(telling, least))
    assert found == (weight_of(telling, some) >= least)


@given(TELLING, st.integers(1, 30_000))
def test_no_query_is_empty_and_each_begins_with_the_rarest_of_its_terms(telling: list[Telling], least: int) -> None:
    records = {one.term: (one.records, one.term) for one in telling}
    for query in queries_for(telling, least):
        first, *others = re.findall(r"'(\w)'", query)
        assert "()" not in query
        assert all(records[first] < records[other] for other in others)


def test_what_cannot_weigh_enough_has_no_query_and_a_mark_stands_before_each_term() -> None:
    telling = [
        Telling(term="a", weight=5, records=10),
        Telling(term="b", weight=3, records=20),
        Telling(term="c", weight=1, records=30),
    ]
    assert queries_for(telling, 9) == ["'a' & ('b' & ('c'))"]
    assert queries_for(telling, 5) == ["'a'"]
    assert queries_for(telling, 4) == ["'a'", "'b' & ('c')"]
    assert queries_for(telling, 10) == []
    assert queries_for(telling, 5, mark="!") == ["'!a'"]


@given(TELLING, st.integers(1, 500), st.integers(1, 500))
def test_more_records_say_less(telling: list[Telling], few: int, many: int) -> None:
    few, many = sorted((few, many))
    assert guess_least(telling, 10_000, many) <= guess_least(telling, 10_000, few)


def test_the_guess_comes_near_where_terms_are_said_by_chance() -> None:
    chance = Random(5)
    telling = [
        Telling(term=term, weight=chance.randint(300_000, 700_000), records=chance.randint(200, 4_000))
        for term in TERMS
    ]
    said = [{one.term for one in telling if chance.random() < one.records / 20_000} for _ in range(20_000)]
    least = guess_least(telling, 20_000, 300)
    assert 250 <= sum(weight_of(telling, one) >= least for one in said) <= 450


def test_where_too_few_say_anything_the_guess_is_nothing() -> None:
    assert guess_least([Telling(term="a", weight=5, records=10)], 1_000, 300) == 0
    assert guess_least([], 0, 300) == 0
