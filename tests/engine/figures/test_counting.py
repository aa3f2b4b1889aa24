"""A percentage of ten, a median of five; the middle of what is not over is told only where it is known."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.figures.counting import Figure, Row, added, median, numbers, p90, percent, spread, without_needs


@pytest.mark.parametrize(
    ("numerator", "denominator", "told"),
    [(9, 9, None), (0, 10, "0.0"), (10, 10, "100.0"), (1, 16, "6.2"), (3, 16, "18.8"), (1, 3, None), (5, None, None)],
)
def test_a_percentage_is_told_of_ten_at_least(numerator: int, denominator: int | None, told: str | None) -> None:
    assert percent(numerator, denominator) == (None if told is None else Decimal(told))
    assert Row(of={}, numerator=numerator, denominator=denominator).percent == percent(numerator, denominator)


@pytest.mark.parametrize(
    ("values", "middle", "ninth"),
    [
        ([1, 2, 3, 4], None, None),
        ([5, 1, 3, 2, 4], "3.0", "5"),
        ([1, 2, 3, 4, 5, 6], "3.5", "6"),
        # Three of five never came: the middle one is not known, and nor is what is longer.
        ([1, 2, None, None, None], None, None),
        ([1, 2, 3, None, None], "3.0", None),
        (list(range(1, 11)), "5.5", "9"),
    ],
)
def test_a_median_is_told_of_five_at_least(values: list[int | None], middle: str | None, ninth: str | None) -> None:
    assert median(values) == (None if middle is None else Decimal(middle))
    assert p90(values) == (None if ninth is None else Decimal(ninth))


@given(st.lists(st.integers(0, 10_000), min_size=5))
def test_half_of_all_are_no_more_than_the_median_and_nine_of_ten_no_more_than_the_ninth(values: list[int]) -> None:
    middle, ninth = median(values), p90(values)
    assert middle is not None
    assert ninth is not None
    assert 2 * sum(value <= middle for value in values) >= len(values) <= 2 * sum(value >= middle for value in values)
    assert 10 * sum(value <= ninth for value in values) >= 9 * len(values)
    # And no lesser one would do.
    assert 10 * sum(value < ninth for value in values) < 9 * len(values)


@given(st.integers(0, 500), st.integers(10, 500))
def test_a_percentage_is_no_further_than_half_a_tenth(numerator: int, denominator: int) -> None:
    told = percent(numerator, denominator)
    assert told is not None
    assert abs(Fraction(told) - Fraction(100 * numerator, denominator)) <= Fraction(1, 20)


def test_currencies_are_never_added() -> None:
    amounts = [("EUR", Decimal(2)), ("CNY", Decimal("1.50")), ("EUR", Decimal(3))]
    assert added(amounts) == {"CNY": Decimal("1.50"), "EUR": Decimal(5)}


def test_a_case_stands_behind_a_line_once() -> None:
    assert numbers(["BJ-2", None, "BJ-1", "BJ-2"]) == ("BJ-1", "BJ-2")


def test_whoever_reads_no_closed_needs_is_told_of_no_number_of_needs() -> None:
    needs = Row(of={"step": "a"}, numerator=20, of_needs=True)
    cases = Row(of={"step": "b"}, numerator=10, denominator=20, among_needs=True)
    rest = Row(of={"step": "c"}, numerator=5, denominator=10)
    shown = without_needs(Figure(rows=(needs, cases, rest))).rows
    assert [(row.numerator, row.denominator, row.percent) for row in shown] == [
        (10, None, None),
        (5, 10, Decimal("50.0")),
    ]


def test_a_line_is_called_by_what_it_is_of_and_counts_the_cases_behind_it() -> None:
    row = Row(of={"step": "signed", "month": None}, numerator=2, cases=("1", "2"))
    assert (row.line, row.behind) == ("month:;step:signed", 2)
    assert Row(of={}, numerator=2, kept_apart=7).behind == 7


def test_how_far_values_lie_apart_is_told_of_five_at_least() -> None:
    assert spread([4, 3, 2, 1]) is None
    assert spread([5, 4, 3, 2, 1]) == tuple(map(Decimal, ("1", "2", "3.0", "4", "5")))
    assert spread(range(1, 101)) == tuple(map(Decimal, ("5", "25", "50.5", "75", "95")))


@given(st.lists(st.integers(0, 10**6), min_size=5))
def test_each_of_a_spread_is_no_less_than_the_one_before_and_only_the_middle_is_made_up(values: list[int]) -> None:
    told = spread(values)
    assert told is not None
    assert list(told) == sorted(told)
    assert told[2] == median(values)
    assert {*told[:2], *told[3:]} <= {*values}
