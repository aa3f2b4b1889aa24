"""BM25: the shares of the terms add up to the score, and more of what is asked never counts less."""

from __future__ import annotations

import math
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.bm25 import Corpus, Scored, length_of, ranked, rarity, scorer
from casework.matching.terms import Counts

TERMS = st.sampled_from(["heat", "pump", "water", "热泵", "kiln"])
COUNTS = st.dictionaries(TERMS, st.builds(Counts, st.integers(0, 5), st.integers(1, 50)), max_size=5)
ASKED = st.lists(st.tuples(TERMS, st.floats(0.05, 5)), max_size=8)
CORPUS = Corpus(records=1000, length=100_000, frequencies={"heat": 300, "pump": 40, "water": 500, "热泵": 3})


@given(ASKED, COUNTS)
def test_the_shares_add_up_to_the_score(asked: list[tuple[str, float]], counts: dict[str, Counts]) -> None:
    scored = scorer(asked, CORPUS)("a", counts, length_of(counts.values()))
    assert math.isclose(sum(scored.shares.values()), scored.score, abs_tol=1e-6)
    assert scored.shares.keys() == {term for term, _ in asked} & counts.keys()
    assert all(share > 0 for share in scored.shares.values())


@given(ASKED, COUNTS, st.randoms())
def test_the_order_in_which_terms_are_asked_for_changes_nothing(
    asked: list[tuple[str, float]], counts: dict[str, Counts], random: Random
) -> None:
    other = list(asked)
    random.shuffle(other)
    length = length_of(counts.values())
    assert math.isclose(
        scorer(asked, CORPUS)("a", counts, length).score, scorer(other, CORPUS)("a", counts, length).score, abs_tol=1e-9
    )


@given(st.integers(1, 50), st.integers(1, 50), st.integers(0, 3))
def test_who_says_a_term_more_often_at_the_same_length_does_not_stand_lower(few: int, more: int, title: int) -> None:
    few, more = sorted((few, more))
    one, other = (
        scorer([("pump", 1.0)], CORPUS)("a", {"pump": Counts(title, often)}, 200).score for often in (few, more)
    )
    assert one <= other


@given(st.integers(1, 20))
def test_a_title_counts_more_than_the_rest(often: int) -> None:
    in_title = scorer([("pump", 1.0)], CORPUS)("a", {"pump": Counts(often, 0)}, 100).score
    in_body = scorer([("pump", 1.0)], CORPUS)("a", {"pump": Counts(0, often)}, 100).score
    assert in_title > in_body


def test_what_is_asked_for_twice_counts_twice() -> None:
    counts = {"pump": Counts(0, 2)}
    once, twice = (scorer(asked, CORPUS)("a", counts, 100).score for asked in ([("pump", 1.0)], [("pump", 2.0)]))
    assert math.isclose(twice, 2 * once)


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_a_rarer_term_tells_more_and_none_tells_less_than_nothing(one: int, other: int) -> None:
    rare, frequent = sorted((one, other))
    assert rarity(10**6, rare) >= rarity(10**6, frequent) > 0


def test_an_empty_catalogue_scores_without_a_fault() -> None:
    nothing = Corpus(records=0, length=0, frequencies={})
    assert scorer([("heat", 1.0)], nothing)("a", {}, 0).score == 0
    assert scorer([("heat", 1.0)], nothing)("a", {"heat": Counts(0, 1)}, 1).score > 0


@given(st.dictionaries(st.text(max_size=3), st.sampled_from([0.0, 1.0, 1.5, 2.0])), st.randoms())
def test_equal_scores_stand_by_id_whatever_the_order(scores: dict[str, float], random: Random) -> None:
    given_ = [Scored(id=id, score=value, shares={}) for id, value in scores.items()]
    expected = ranked(given_)
    random.shuffle(given_)
    assert ranked(given_) == expected
    assert [(one.score, one.id) for one in expected] == sorted(
        ((value, id) for id, value in scores.items() if value > 0), key=lambda one: (-one[0], one[1])
    )
