"""Whoever is outside the office finds no cell under three, whatever is subtracted from what."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from casework.engine.analysis.contract_sums import TECHNOLOGY_CONTRACTS
from casework.engine.figures.across import REST, Cell
from casework.engine.figures.agreements import agreements
from casework.engine.figures.counting import Figure, Row
from casework.engine.figures.deployments import deployments
from casework.engine.figures.endings import endings
from casework.engine.figures.hiding import hide
from casework.engine.figures.suppression import FEW, ShownRow, equations, suppressed
from tests.engine.figures.pieces import NAMES, Told, world

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
    whole = suppressed({"f": Figure(rows=(replace(rows[0], numerator=19), *rows[2:]))})["f"]
    assert [row.amount for row in whole] == [100, 50, 50]
    # Of twenty deals one may have told its price.
    assert not hasattr(shown[0], "money")


#: Of a case the month of its opening, its sector, and whether it went on, ended or is open.
CASES = st.lists(
    st.tuples(st.sampled_from("123"), st.sampled_from("abcd"), st.sampled_from(("on", "ended", "open"))), max_size=60
)


@pytest.mark.parametrize("other", ["sector", "technology_field"])
@given(told=CASES)
def test_no_line_of_a_figure_is_short_of_one_number_that_follows_from_the_others(
    told: list[tuple[str, str, str]], other: str
) -> None:
    def row(of: dict[str, str | None], mine: list[tuple[str, str, str]]) -> Row:
        parts = {way: sum(one[2] == way for one in mine) for way in ("on", "ended", "open")}
        return Row(of={"step": "x", **of}, numerator=parts["on"], denominator=len(mine), parts=parts)

    rows = [row({}, told)]
    for place, key in enumerate(("month", other)):
        rows += [
            row({key: name}, [one for one in told if one[place] == name])
            for name in sorted({one[place] for one in told})
        ]
    figures = {"conversion": Figure(rows=tuple(rows))}
    shown = suppressed(figures)["conversion"]

    def printed(one: Cell) -> object:
        if one[2] == REST:
            return None
        line = shown[one[1]]
        return {"numerator": line.numerator, "denominator": line.denominator, **line.parts}[one[2]]

    for one in equations(figures):
        assert sum(not isinstance(printed(cell), int) for cell in one) != 1
    for line in shown:
        numbers = [line.numerator, line.denominator, *line.parts.values()]
        assert all(number >= FEWER_THAN for number in numbers if isinstance(number, int))


# --- what adds up by definition --------------------------------------------------------------------------------------


def told_of(kinds: Iterable[str], action: str = "sign_local") -> list[Told]:
    return [
        Told(str(n)).track("a", "agreement").fire(action, on="a", data={"kind": kind}) for n, kind in enumerate(kinds)
    ]


def closed_with(outcomes: Iterable[str]) -> list[Told]:
    return [Told(str(n)).close(outcome, 9, f"reason/{n % 2}") for n, outcome in enumerate(outcomes)]


def shown_of(figure: Figure) -> dict[tuple[str | None, ...], ShownRow]:
    return {tuple(row.of.values()): row for row in suppressed({"f": figure})["f"]}


def signed_in_all_ways(kinds: Iterable[str]) -> list[Told]:
    """Under a licence and without, with a clause and without: no other number is so small that it hides those of the kinds."""
    told = []
    for n, kind in enumerate(kinds):
        (one,) = told_of([kind], "sign_to_licence" if n % 2 else "sign_local")
        told.append(one.task(str(n), NAMES.clause, 9, result={"clause": ["mediation"]}) if n % 3 else one)
    return told


def test_goods_do_not_follow_from_the_technology_contracts_beside_them() -> None:
    shown = shown_of(agreements(world(*signed_in_all_ways(["patent_licence"] * 4 + ["purchase"] * 2 + ["equity"] * 6))))
    assert shown["signed", "purchase"].numerator == FEW
    others = [shown["technology_contracts",], shown["signed", "equity"]]
    assert None in [shown["signed",].numerator, *(line.numerator for line in others)]
    assert None in [shown["technology_contracts",].denominator, *(line.numerator for line in others)]


def test_a_kind_of_technology_contract_does_not_follow_from_all_of_them() -> None:
    kinds = ["patent_licence"] * 5 + ["assignment"] + ["purchase"] * 4 + ["equity"] * 4
    shown = shown_of(agreements(world(*signed_in_all_ways(kinds))))
    assert shown["signed", "assignment"].numerator == FEW
    assert None in (shown["signed", "patent_licence"].numerator, shown["technology_contracts",].numerator)


def test_what_was_signed_without_a_licence_is_a_number_too() -> None:
    told = [*told_of(["purchase"]), *told_of(["purchase"] * 6, "sign_to_licence")[1:]]
    licensed = shown_of(agreements(world(*told)))["under_licence",]
    assert None in (licensed.numerator, licensed.denominator)


def test_nor_do_loans_without_an_instrument_follow_from_those_with_one() -> None:
    rows = [Row(of={"what": "closed"}, numerator=6, denominator=9)]
    rows += [Row(of={"what": "closed", "instrument": "lease"}, numerator=5, denominator=9)]
    whole, lease = suppressed({"finance": Figure(rows=tuple(rows))})["finance"]
    assert None in (whole.numerator, lease.numerator)


def test_sites_that_failed_a_test_do_not_follow_from_those_accepted_at_once() -> None:
    told = []
    for n in range(9):
        one = Told(str(n)).track("d", NAMES.deployment).fire(NAMES.tested, 1, on="d")
        if n == 0:
            one.fire(NAMES.fails_test, 2, on="d")
        if n < 6:
            one.fire(NAMES.accepts_site[0], 3, on="d")
        told.append(one)
    shown = shown_of(deployments(world(*told)))
    assert None in (shown["accepted",].numerator, shown["accepted_at_once",].numerator)


def test_an_outcome_does_not_follow_from_all_that_failed() -> None:
    """All that closed, without those that failed, are those that came to something."""
    outcomes = [NAMES.stopped] * 4 + ["no_agreement"] * 5 + ["dormant"] * 9 + ["agreement_no_site"]
    shown = shown_of(endings(world(*closed_with(outcomes))))
    assert shown["outcome", "agreement_no_site"].numerator == FEW
    # Neither from all that closed, nor from those that failed.
    closed = shown["outcome", "dormant"].denominator
    others = (shown["outcome", name].numerator for name in ("no_agreement", "dormant", NAMES.stopped))
    assert None in {closed, *others}
    assert None in {closed, shown["stopped",].denominator}


def test_stops_are_hidden_as_an_outcome_and_by_themselves() -> None:
    outcomes = [NAMES.stopped] * 4 + ["no_agreement"] + ["dormant"] * 9
    shown = shown_of(endings(world(*closed_with(outcomes))))
    assert shown["outcome", NAMES.stopped].numerator == shown["stopped",].numerator


#: An equation as an attacker writes it down: what is added, what is taken off, together nought.
Known = list[tuple[int, Cell]]


def worked_out(cells: Mapping[Cell, object], known: Sequence[Known]) -> set[Cell]:
    """Those of the cells that follow from the ones that are printed, by solving what is known."""
    names = [one for one, value in cells.items() if not isinstance(value, int)]
    lines: list[list[Fraction]] = []
    for one in known:
        line = [Fraction(0)] * (len(names) + 1)
        for sign, name in one:
            value = cells[name]
            if isinstance(value, int):
                line[-1] += sign * value
            else:
                line[names.index(name)] += sign
        lines.append(line)
    solved: list[list[Fraction]] = []
    for column in range(len(names)):
        pivot = next((line for line in lines if line[column]), None)
        if pivot is None:
            continue
        lines = [line for line in lines if line is not pivot]
        pivot = [value / pivot[column] for value in pivot]
        lines, solved = (
            [[value - line[column] * by for value, by in zip(line, pivot, strict=True)] for line in some]
            for some in (lines, solved)
        )
        solved.append(pivot)
    return {
        names[next(n for n, value in enumerate(line) if value)]
        for line in solved
        if sum(bool(value) for value in line[:-1]) == 1
    }


def insist_on_none_worked_out(figure: Figure, by_definition: Sequence[tuple[Cell, ...]]) -> None:
    """Held against whoever knows what of it adds up, in what, and how many of a line are not among it."""
    shown = suppressed({"f": figure})["f"]
    cells: dict[Cell, object] = {}
    true: dict[Cell, int] = {}
    known: list[Known] = [[(-1, whole), *((1, part) for part in parts)] for whole, *parts in by_definition]
    for n, (row, line) in enumerate(zip(figure.rows, shown, strict=True)):
        whole, part, rest = (("f", n, name) for name in ("denominator", "numerator", REST))
        if row.denominator is None:
            continue
        true |= {whole: row.denominator, part: row.numerator, rest: row.denominator - row.numerator}
        cells |= {whole: line.denominator, part: line.numerator, rest: None}
        known.append([(-1, whole), (1, part), (1, rest)])
    found = worked_out(cells, known)
    assert [one for one in found if true[one] in (1, 2)] == []


KINDS = st.lists(
    st.tuples(st.sampled_from((*sorted(TECHNOLOGY_CONTRACTS)[:3], "purchase", "equity")), st.integers(0, 9)),
    unique_by=lambda one: one[0],
    max_size=5,
)


@settings(max_examples=80, deadline=None)
@given(KINDS)
def test_no_kind_of_agreement_can_be_worked_out_by_what_it_is(told: list[tuple[str, int]]) -> None:
    figure = agreements(world(*signed_in_all_ways(kind for kind, times in told for _ in range(times))))
    places = {tuple(row.of.values()): n for n, row in enumerate(figure.rows)}
    kinds = {key[1]: n for key, n in places.items() if key[0] == "signed" and len(key) == 2}
    of = {key: ("f", n, "numerator") for key, n in places.items()}
    sums: list[tuple[Cell, ...]] = [
        (of["signed",], *(("f", n, "numerator") for n in kinds.values())),
        (
            of["technology_contracts",],
            *(("f", n, "numerator") for kind, n in kinds.items() if kind in TECHNOLOGY_CONTRACTS),
        ),
    ]
    sums += [
        (of["signed",], ("f", places[key], "denominator"))
        for key in (("signed",), ("with_dispute_clause",), ("technology_contracts",), ("under_licence",))
    ]
    insist_on_none_worked_out(figure, sums)


OUTCOMES = ("compliance_stop", "no_agreement", "dormant", "agreement_no_site", "deployed_verified")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=5, max_size=5))
def test_no_outcome_can_be_worked_out_by_what_it_is(times: list[int]) -> None:
    outcomes = [name for name, n in zip(OUTCOMES, times, strict=True) for _ in range(n)]
    figure = endings(world(*closed_with(outcomes)))
    lines = {row.of["reason"]: n for n, row in enumerate(figure.rows) if row.of["what"] == "outcome"}
    main = [n for n, row in enumerate(figure.rows) if row.of["what"] == "main_reason"]
    failed, stopped = ("f", 0, "denominator"), ("f", 0, "numerator")
    sums: list[tuple[Cell, ...]] = [(failed, *(("f", n, "numerator") for o, n in lines.items() if o in OUTCOMES[:3]))]
    sums += [(failed, stopped, *(("f", n, "numerator") for n in main))]
    sums += [(stopped, *(("f", n, "numerator") for o, n in lines.items() if o == NAMES.stopped))]
    sums += [(failed, ("f", n, "denominator")) for n in main]
    for n in lines.values():
        sums.append((("f", n, "denominator"), *(("f", m, "numerator") for m in lines.values())))
    insist_on_none_worked_out(figure, sums)
