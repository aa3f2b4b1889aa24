"""Whoever is outside the office finds no cell under three, whatever is subtracted from what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.suppression import FEW, Cell, equations, hide, suppressed

FEWER_THAN = 3


def cell(name: str) -> Cell:
    return ("f", 0, name)


def could_be(value: int, said_few: bool | None) -> Iterable[int]:
    """What an attacker holds for possible; that a line is there says that it is not nought."""
    if said_few is None:
        return [value]
    if said_few:
        return range(min(value, 1), FEWER_THAN)
    # Of most that is hidden so it is known that it is three at least.
    return range(min(value, 1) if value < FEWER_THAN else max(FEWER_THAN, value - 2), value + 3)


def insist_on_two(
    cells: Mapping[Cell, int], sums: Sequence[Sequence[Cell]], known: Sequence[Sequence[Cell]] = ()
) -> None:
    """Held against trying all there is near the true numbers: of each cell under three two values at least remain."""
    hidden = hide(cells, sums, known)
    assert hidden.keys() >= {one for one, value in cells.items() if value < FEWER_THAN}
    inner = [one for one in cells if one not in {whole for whole, *_ in sums}]
    found: dict[Cell, set[int]] = {one: set() for one in cells}
    for tried in product(*(could_be(cells[one], hidden.get(one)) for one in inner)):
        values = dict(zip(inner, tried, strict=True))
        for whole, *parts in sums:
            values[whole] = sum(values[part] for part in parts)
        if any(sum(values[one] - cells[one] for one in group) for group in known):
            continue
        if all(values[whole] in could_be(cells[whole], hidden.get(whole)) for whole, *_ in sums):
            for one, value in values.items():
                found[one].add(value)
    assert [one for one in cells if cells[one] < FEWER_THAN and len(found[one]) < 2] == []


@given(st.lists(st.integers(0, 12), min_size=2, max_size=4))
def test_no_hidden_part_of_a_sum_can_be_worked_out(values: list[int]) -> None:
    names = [cell(f"p{n}") for n in range(len(values))]
    insist_on_two({cell("total"): sum(values), **dict(zip(names, values, strict=True))}, [(cell("total"), *names)])


@settings(max_examples=60)
@given(st.integers(2, 3), st.lists(st.integers(0, 7), min_size=6, max_size=6))
def test_nor_can_a_cell_of_a_table_with_its_sums_both_ways(wide: int, values: list[int]) -> None:
    """By service and by month, say, each of both with its sums."""
    inside = {cell(f"{row}{column}"): values[row * wide + column] for row in range(2) for column in range(wide)}
    sums = [(cell(f"row{n}"), *(cell(f"{n}{column}") for column in range(wide))) for n in range(2)]
    sums += [(cell(f"column{n}"), *(cell(f"{row}{n}") for row in range(2))) for n in range(wide)]
    margins = {whole: sum(inside[part] for part in parts) for whole, *parts in sums}
    insist_on_two({**inside, **margins}, sums)


@given(st.lists(st.integers(0, 9), min_size=2, max_size=4))
def test_nor_one_of_lines_whose_sum_is_known_from_elsewhere(values: list[int]) -> None:
    """Where more than what is under three can be hidden at all."""
    cells = {cell(str(n)): value for n, value in enumerate(values)}
    few, others = ([value for value in values if (value < FEWER_THAN) is so] for so in (True, False))
    assume(sum(others) > FEWER_THAN * len(others) or few.count(1) > 1 < few.count(2))
    insist_on_two(cells, [], [tuple(cells)])


def test_a_cell_that_follows_from_two_sums_is_given_away_by_neither() -> None:
    """a + b and b + c and a + c are told: together they tell each."""
    cells = {cell("a"): 1, cell("b"): 2, cell("c"): 2, cell("ab"): 3, cell("bc"): 4, cell("ac"): 3}
    sums = [(cell("ab"), cell("a"), cell("b")), (cell("bc"), cell("b"), cell("c")), (cell("ac"), cell("a"), cell("c"))]
    insist_on_two(cells, sums)


def test_two_lines_of_one_each_are_known_to_be_there() -> None:
    """Their sum would tell both: a line of nought is not printed."""
    cells = {cell("all"): 20, cell("a"): 1, cell("b"): 1, cell("c"): 18}
    assert hide(cells, [tuple(cells)]) == {cell("a"): True, cell("b"): True, cell("c"): False}


def test_what_a_cell_cannot_be_kept_from_leaves_others_unprotected_no_longer() -> None:
    """The only line of a group whose sum is known is lost; those of another sum are hidden all the same."""
    lost, few, more, whole = (cell(name) for name in ("a", "b", "c", "d"))
    cells = {lost: 1, cell("e"): 3, few: 1, more: 9, whole: 10}
    assert {few, more} <= hide(cells, [(whole, few, more)], [(lost, cell("e"))]).keys()


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


def test_reasons_that_come_to_what_they_are_among_are_hidden_by_two() -> None:
    """No line tells how many closed without success; each tells among how many it is."""
    rows = [Row(of={"what": "stopped"}, numerator=5, denominator=20)]
    rows += [
        Row(of={"what": "main_reason", "reason": reason}, numerator=n, denominator=20)
        for reason, n in (("a", 1), ("b", 6), ("c", 8))
    ]
    assert [row.numerator for row in suppressed({"endings": Figure(rows=tuple(rows))})["endings"]] == [5, FEW, None, 8]


def test_how_many_were_sent_is_hidden_among_what_became_of_them_too() -> None:
    rows = [Row(of={"what": "sent"}, numerator=20)]
    rows += [
        Row(of={"what": "sent", "service": service}, numerator=n) for service, n in (("a", 1), ("b", 7), ("c", 12))
    ]
    rows += [Row(of={"what": "accepted", "service": "b"}, numerator=5, denominator=7)]
    shown = suppressed({"referrals": Figure(rows=tuple(rows))})["referrals"]
    assert [row.numerator for row in shown] == [20, FEW, None, 12, 5]
    assert shown[-1].denominator is None


def test_an_amount_does_not_follow_from_those_of_the_other_lines() -> None:
    rows = [Row(of={"what": "all"}, numerator=20, denominator=90, amount=Decimal(100), money={"CNY": Decimal(1)})]
    rows += [
        Row(of={"what": "all", "kind": kind}, numerator=n, denominator=90, amount=Decimal(50))
        for kind, n in (("a", 1), ("b", 7), ("c", 12))
    ]
    shown = suppressed({"f": Figure(rows=tuple(rows))})["f"]
    assert [row.amount for row in shown] == [100, None, None, None]
    whole = suppressed({"f": Figure(rows=(rows[0], *rows[2:]))})["f"]
    assert [row.amount for row in whole] == [100, 50, 50]
    # Of twenty deals one may have told its price.
    assert not hasattr(shown[0], "money")


#: Of a case the month of its opening, its sector, and whether it went on, ended or is open.
CASES = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("abcd"), st.sampled_from(("on", "ended", "open"))), max_size=60
)


@given(CASES)
def test_no_line_of_a_figure_is_short_of_one_number_that_follows_from_the_others(
    told: list[tuple[str, str, str]],
) -> None:
    def row(of: dict[str, str | None], mine: list[tuple[str, str, str]]) -> Row:
        parts = {way: sum(one[2] == way for one in mine) for way in ("on", "ended", "open")}
        return Row(of={"step": "x", **of}, numerator=parts["on"], denominator=len(mine), parts=parts)

    rows = [row({}, told)]
    for place, key in enumerate(("month", "sector")):
        rows += [
            row({key: name}, [one for one in told if one[place] == name])
            for name in sorted({one[place] for one in told})
        ]
    figures = {"conversion": Figure(rows=tuple(rows))}
    shown = suppressed(figures)["conversion"]

    def printed(one: Cell) -> object:
        line = shown[one[1]]
        return {"numerator": line.numerator, "denominator": line.denominator, **line.parts}[one[2]]

    for one in equations(figures):
        assert sum(not isinstance(printed(cell), int) for cell in one) != 1
    for line in shown:
        numbers = [line.numerator, line.denominator, *line.parts.values()]
        assert all(number >= FEWER_THAN for number in numbers if isinstance(number, int))
