from __future__ import annotations

from decimal import Decimal
from itertools import product
from typing import Any

import pytest
from hypothesis import given

from casework.engine.decision_tables.checks import Grid, check
from casework.engine.decision_tables.evaluation import named
from casework.engine.decision_tables.tables import MOST_INPUTS, MOST_RULES, MOST_TESTS, TableFault, from_json
from tests.engine.decision_tables.naive import hits
from tests.engine.decision_tables.random_tables import tables, values


def table_of(rows: list[list[str]], types: list[str], policy: str = "unique", **more: Any) -> Any:
    names = "abcdefghijklmnop"
    return from_json(
        {
            "name": "routing",
            "hit_policy": policy,
            "inputs": [
                {"name": name, "type": type, **more.get(name, {})} for name, type in zip(names, types, strict=False)
            ],
            "outputs": [{"name": "who", "type": "text", "default": more.get("default", "")}],
            "rules": [{"inputs": row, "outputs": ['"x"']} for row in rows],
        }
    )


@given(tables())
def test_a_witness_shows_what_is_told_and_nothing_untold_is_there(said: dict[str, Any]) -> None:
    table = from_json(said)
    found = check(table)
    assert found.whole

    def rows_at(witness: tuple[Any, ...]) -> list[int]:
        return hits(said, tuple(named(table, witness).values()))

    for gap in found.gaps:
        assert rows_at(gap) == []
    for overlap in found.overlaps:
        assert set(overlap.rows) <= set(rows_at(overlap.witness))
    tried = [
        (inputs, hits(said, inputs))
        for inputs in product(*(values(one["type"]) for one in said["inputs"]))
        if all(value is not None or one["optional"] for one, value in zip(said["inputs"], inputs, strict=True))
    ]
    # Where a check finds nothing, trying finds nothing either.
    if not found.gaps:
        assert all(rows for _, rows in tried)
    if found.overlapping < 20:
        told = {overlap.rows for overlap in found.overlaps}
        assert {(a, b) for _, rows in tried for a in rows for b in rows if a < b} <= told
    counting = {n for _, rows in tried for n in (rows[:1] if said["hit_policy"] == "first" else rows)}
    assert not counting & set(found.idle)


@given(tables())
def test_a_row_has_the_classes_that_its_conditions_hold_for(said: dict[str, Any]) -> None:
    table = from_json(said)
    grid = Grid(table)
    for rule, box in zip(table.rules, grid.boxes, strict=True):
        for condition, column, at in zip(rule.conditions, grid.classes, grid.offsets, strict=False):
            assert [bool(box >> at + n & 1) for n in range(len(column))] == [condition.holds(one) for one in column]


def test_a_table_of_as_many_tests_as_may_be_is_checked_and_one_more_refused() -> None:
    each = MOST_TESTS // 100
    rows = [[", ".join(f"({n + each * m}..{n + each * m + 0.5})" for n in range(each))] for m in range(100)]
    found = check(table_of(rows, ["number"]))
    assert (found.overlapping, found.idle, found.whole) == (0, (), True)
    # What lies between two rows' ranges is one class each.
    assert len(found.gaps) == 1
    with pytest.raises(TableFault, match=f"{MOST_TESTS} values, comparisons and ranges at most"):
        table_of([*rows, ["-1"]], ["number"])


def test_gaps_are_told_by_an_input_each() -> None:
    table = table_of([["< 10", '"a"'], ["> 10", "-"]], ["number", "text"])
    found = check(table)
    assert [named(table, gap) for gap in found.gaps] == [{"a": "9", "b": "other 1"}, {"a": "10", "b": "a"}]
    assert not found.sound(table)


def test_between_whole_numbers_and_days_there_is_nothing() -> None:
    rows = [["<= 3"], [">= 4"]]
    assert check(table_of(rows, ["whole"])).sound(table_of(rows, ["whole"]))
    assert check(table_of(rows, ["number"])).gaps == ((Decimal("3.5"),),)
    days = [['<= date("2026-01-31")'], ['>= date("2026-02-01")']]
    assert check(table_of(days, ["day"])).gaps == ()


def test_the_values_that_an_input_may_have_bound_the_gaps() -> None:
    rows = [['"a"'], ['"b"']]
    assert check(table_of(rows, ["text"], a={"allowed": '"a", "b"'})).gaps == ()
    lacking = table_of(rows, ["text"], a={"allowed": '"a", "b"', "optional": True})
    assert check(lacking).gaps == ((None,),)


def test_an_overlap_is_wrong_where_one_row_alone_may_hold() -> None:
    rows = [["< 10"], [">= 5"]]
    for policy, sound in [("unique", False), ("first", True), ("collect", True)]:
        table = table_of(rows, ["number"], policy)
        found = check(table)
        assert [overlap.rows for overlap in found.overlaps] == [(1, 2)]
        assert found.sound(table) is sound


def test_a_row_that_never_counts_is_told() -> None:
    table = table_of([["< 5"], [">= 5"], ["7"]], ["number"], "first")
    assert check(table).idle == (3,)
    unmet = table_of([["-"], ["< 0"]], ["number"], "collect", a={"allowed": ">= 0"})
    assert check(unmet).idle == (2,)


def test_what_stands_for_no_row_leaves_no_gap() -> None:
    assert check(table_of([["1"]], ["number"], default='"x"')).gaps == ()


@pytest.mark.parametrize("policy", ["collect", "first", "unique"])
def test_a_hostile_table_is_given_up(policy: str) -> None:
    """Each row leaves some of every column: the boxes multiply, and the check says that it has not seen all."""
    rows = [
        [f"not({(n * 7 + m) % 50})" if (n + m) % 3 else f"[{n % 40}..{n % 40 + 30}]" for m in range(MOST_INPUTS)]
        for n in range(MOST_RULES)
    ]
    table = table_of(rows, ["number"] * MOST_INPUTS, policy)
    found = check(table)
    assert not found.whole
    assert not found.sound(table)
