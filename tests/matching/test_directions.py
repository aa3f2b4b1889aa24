"""Directions are compared exactly: the closest first, of equal ones the smaller id, and of two texts the closest sentences."""

from __future__ import annotations

import math
import struct

from hypothesis import given
from hypothesis import strategies as st

from casework.matching.dense import WIDTH
from casework.matching.directions import Directions, closest_sentences


def direction(*numbers: int) -> bytes:
    return struct.pack(f"<{WIDTH}b", *numbers, *[0] * (WIDTH - len(numbers)))


NUMBERS = st.lists(st.integers(-127, 127), min_size=1, max_size=WIDTH).filter(any)


def closeness(one: list[int], other: list[int]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=False)) / math.sqrt(sum(b * b for b in other))


@given(NUMBERS, st.lists(NUMBERS, max_size=20), st.integers(1, 25))
def test_the_closest_come_first_and_equal_ones_by_id(asked: list[int], given: list[list[int]], most: int) -> None:
    told = {f"r{n:02}": direction(*one) for n, one in enumerate(given)}
    near = {id: closeness(asked, one) for id, one in zip(told, given, strict=True)}
    wanted = sorted((id for id in near if near[id] > 0), key=lambda id: (-near[id], id))[:most]
    for order in (told, dict(reversed(told.items()))):
        assert Directions.none().changed(order).closest(direction(*asked), most) == wanted


def test_what_changed_takes_the_place_of_what_was_there() -> None:
    first = Directions.none().changed({"a": direction(1), "b": direction(0, 1), "c": None})
    assert (len(first), first.closest(direction(1), 9)) == (2, ["a"])
    second = first.changed({"a": None, "b": direction(1, 1)})
    assert (len(second), second.closest(direction(1), 9)) == (1, ["b"])
    # Whoever still compares with what was there is not disturbed.
    assert first.closest(direction(1), 9) == ["a"]
    assert Directions.none().closest(direction(1), 9) == []


def test_of_two_texts_the_sentences_with_most_signs_in_common_are_the_closest() -> None:
    one, half, other = (bytes([byte]) * (WIDTH // 8) for byte in (0b11111111, 0b00001111, 0b00000000))
    assert closest_sentences(one + half, other + half) == (1, 1)
    assert closest_sentences(half, one + other) == (0, 0)
    assert closest_sentences(one, b"") is None
