"""Of records that may be one the best stands for all, but for those of which somebody said that they are two."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.folding import best_documented, fold

IDS = "abcdefgh"


def test_the_best_of_a_group_stands_for_the_others_in_their_order() -> None:
    assert fold("dbac", [["a", "b", "d"], ["e", "c"]]) == {"d": ["b", "a"]}


def test_who_is_said_to_be_another_one_stands_for_itself_and_for_those_that_are_left() -> None:
    assert fold("abc", [["a", "b", "c"]], [["a", "b"]]) == {"a": ["c"]}
    assert fold("abcd", [list("abcd")], [["a", "b"], ["a", "c"]]) == {"a": ["d"], "b": ["c"]}
    # Two stand behind a third, and are two: one of them does not.
    assert fold("abc", [["a", "b", "c"]], [["b", "c"]]) == {"a": ["b"]}


@given(
    st.permutations(IDS),
    st.lists(st.sampled_from("123"), min_size=8, max_size=8),
    st.lists(st.lists(st.sampled_from(IDS), min_size=2, max_size=2, unique=True), max_size=6),
)
def test_each_stands_once_and_behind_a_better_one_of_its_group(
    order: list[str], groups: list[str], apart: list[list[str]]
) -> None:
    of = dict(zip(IDS, groups, strict=True))
    folded = fold(order, [[id for id in IDS if of[id] == group] for group in "123"], apart)
    behind = [id for others in folded.values() for id in others]
    assert len(behind) == len(set(behind))
    assert not set(behind) & folded.keys()
    for lead, others in folded.items():
        assert {of[id] for id in others} == {of[lead]}
        assert all(order.index(id) > order.index(lead) for id in others)
        assert not any({one, other} <= {lead, *others} for one, other in apart)
    if not apart:
        assert len(order) - len(behind) == len(set(groups))


def test_of_those_that_tell_the_same_the_best_documented_stands_and_of_equal_ones_the_first() -> None:
    folded, same = {"a": ["b", "c", "d"]}, [("a", "b"), ("a", "c")]
    assert best_documented(folded, same, {"a": [1, "2026"], "b": [2, "2025"], "c": [2, "2026"], "d": [9, "2026"]}) == {
        "a": "c"
    }
    assert best_documented(folded, same, {"a": [1, "2026"], "b": [1, "2026"]}) == {}
    assert best_documented(folded, same, {}) == {}
    assert best_documented({}, same, {"b": [1, "2026"]}) == {}


@given(
    st.lists(st.tuples(st.integers(0, 1), st.integers(0, 3), st.sampled_from(("2025", "2026"))), min_size=2, max_size=5)
)
def test_none_that_tells_the_same_is_better_documented_than_the_one_that_stands(
    documented: list[tuple[int | str, ...]],
) -> None:
    lead, *others = ids = list(IDS[: len(documented)])
    known = dict(zip(ids, documented, strict=True))
    stands = best_documented({lead: others}, [(lead, id) for id in others], known).get(lead, lead)
    assert known[stands] == max(known.values())
    assert known[stands] > known[lead] or stands == lead
