"""Whoever is outside the office finds no cell under three, whatever is subtracted from what."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.suppression import FEW, Cell, equations, hide, suppressed

MOST = 12


def cell(name: str) -> Cell:
    return ("f", 0, name)


def solutions(shown: Sequence[int | None], few: Sequence[bool]) -> list[tuple[int, ...]]:
    """What an attacker thinks possible: every row of parts that fits the total and what is shown."""
    total, *parts = shown
    ranges = [
        [value] if value is not None else range(3) if is_few else range(3, 4 * MOST + 1)
        for value, is_few in zip(parts, few[1:], strict=True)
    ]
    found = [one for one in product(*ranges) if total is None or sum(one) == total]
    if total is None:
        found = [one for one in found if (sum(one) < 3) is few[0]]
    return found


@given(st.lists(st.integers(0, MOST), min_size=2, max_size=4))
def test_no_hidden_part_of_a_sum_can_be_worked_out(values: list[int]) -> None:
    """Held against trying all there is: of each hidden cell under three two values at least remain."""
    total = sum(values)
    names = ["total", *(f"p{n}" for n in range(len(values)))]
    cells = {cell(name): value for name, value in zip(names, [total, *values], strict=True)}
    hidden = hide(cells, [tuple(cells)])
    assume(len(hidden) < len(cells))
    shown = [None if one in hidden else value for one, value in cells.items()]
    possible = solutions(shown, [value < 3 for value in cells.values()])
    assert tuple(values) in possible
    for n, value in enumerate(values):
        if value < 3:
            assert len({one[n] for one in possible}) > 1


def test_a_cell_that_follows_from_two_sums_is_given_away_by_neither() -> None:
    """a + b and b + c and a + c are told: together they tell each."""
    cells = {cell("a"): 1, cell("b"): 2, cell("c"): 2, cell("ab"): 3, cell("bc"): 4, cell("ac"): 3}
    sums = [(cell("ab"), cell("a"), cell("b")), (cell("bc"), cell("b"), cell("c")), (cell("ac"), cell("a"), cell("c"))]
    hidden = hide(cells, sums)
    assert {cell("a"), cell("b"), cell("c")} < hidden


@pytest.mark.parametrize(("few", "numerator"), [(2, FEW), (3, 3)])
def test_a_cell_under_three_is_told_as_that_with_neither_share_nor_amount_nor_case(few: int, numerator: object) -> None:
    row = Row(of={"what": "a"}, numerator=few, denominator=30, cases=("BJ-1",))
    (shown,) = suppressed({"f": Figure(rows=(row,)), "workload": Figure(rows=(row,))})["f"]
    assert shown.numerator == numerator
    assert (shown.percent is None) is (few < 3)
    assert not hasattr(shown, "cases")


def test_one_more_line_of_a_group_is_hidden() -> None:
    rows = [Row(of={"what": "all"}, numerator=20, denominator=90)]
    rows += [
        Row(of={"what": "all", "kind": kind}, numerator=n, denominator=90)
        for kind, n in (("a", 1), ("b", 7), ("c", 12))
    ]
    shown = suppressed({"f": Figure(rows=tuple(rows))})["f"]
    assert [row.numerator for row in shown] == [20, FEW, None, 12]


def test_the_same_cases_are_hidden_wherever_they_stand() -> None:
    cases = tuple(f"BJ-{n}" for n in range(4))
    funnel = Figure(rows=(Row(of={"step": "x"}, numerator=4, denominator=50, cases=cases),))
    parts = {"went_on": 4, "ended": 1, "open": 45}
    conversion = Figure(rows=(Row(of={"step": "x"}, numerator=4, denominator=50, parts=parts, cases=cases),))
    figures = {"funnel": funnel, "conversion": conversion}
    shown = suppressed(figures)
    assert shown["conversion"][0].parts["ended"] == FEW
    assert shown["conversion"][0].parts["went_on"] is None
    assert shown["conversion"][0].numerator is None
    assert shown["funnel"][0].numerator is None
    assert any(len(one) == 2 for one in equations(figures))


def test_what_each_officer_has_to_do_never_leaves_the_office() -> None:
    assert suppressed({"workload": Figure(rows=(Row(of={}, numerator=9),))}) == {}
