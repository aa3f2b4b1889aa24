"""Linear programmes over whole numbers of things, held against trying all there is."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casework.engine.figures.simplex import Between, LinearProgramme, OutOfSteps, Steps

MANY = Steps(100_000)


def test_what_follows_from_a_sum_and_its_other_part_can_be_no_other() -> None:
    programme = LinearProgramme(3, [((0, 1), 7, 7), ((1,), 5, 5), ((2,), 0, None)], MANY)
    assert programme.proof((0,), 2) == {(0, 1), (1,)}
    assert programme.proof((2,), 0) is None


def test_limits_of_nought_and_of_two_say_more_together_than_alone() -> None:
    # At most two of each, and four in all.
    limits: list[Between] = [((0,), 0, 2), ((1,), 0, 2), ((0, 1), 4, 4)]
    assert LinearProgramme(2, limits, MANY).proof((0,), 2) == {(0, 1)}
    assert LinearProgramme(2, [*limits[:2], ((0, 1), 3, 3)], MANY).proof((0,), 1) is None


def test_where_nothing_agrees_nothing_went() -> None:
    assert LinearProgramme(2, [((0, 1), 1, 1), ((0,), 2, None)], MANY).went is None
    assert LinearProgramme(2, [((0, 1), 3, 3), ((0,), 3, 3)], MANY).went == {0}


def test_steps_come_to_an_end() -> None:
    with pytest.raises(OutOfSteps):
        LinearProgramme(2, [((0, 1), 3, 3)], Steps(0))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.data())
def test_no_number_that_can_be_another_one_is_said_to_follow(data: st.DataObject) -> None:
    kinds = 4
    true = data.draw(st.lists(st.integers(0, 3), min_size=kinds, max_size=kinds))
    groups = data.draw(
        st.lists(st.sets(st.integers(0, kinds - 1), min_size=1).map(lambda one: tuple(sorted(one))), max_size=4)
    )
    limits: list[Between] = []
    for of in groups:
        number = sum(true[n] for n in of)
        limits.append((of, number, number) if data.draw(st.booleans()) else (of, max(0, number - 1), number + 1))
    asked = data.draw(st.sets(st.integers(0, kinds - 1), min_size=1).map(lambda one: tuple(sorted(one))))
    number = sum(true[n] for n in asked)
    proof = LinearProgramme(kinds, limits, MANY).proof(asked, number)
    found = {
        sum(tried[n] for n in asked)
        for tried in product(range(6), repeat=kinds)
        if all(least <= sum(tried[n] for n in of) <= (99 if most is None else most) for of, least, most in limits)
    }
    assert number in found
    if len(found) > 1:
        assert proof is None
