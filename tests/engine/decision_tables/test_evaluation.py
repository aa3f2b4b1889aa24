from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given

from casework.engine.decision_tables.evaluation import evaluate, evaluation_json, read_inputs
from casework.engine.decision_tables.tables import TableFault, from_json
from tests.engine.decision_tables.naive import hits
from tests.engine.decision_tables.random_tables import tables, values

DISCOUNT = {
    "name": "routing",
    "title": "Who gets a task",
    "hit_policy": "unique",
    "inputs": [
        {"name": "service", "type": "text", "allowed": '"pledge", "licence"'},
        {"name": "amount", "type": "number", "allowed": ">= 0", "optional": True},
        {"name": "urgent", "type": "boolean"},
    ],
    "outputs": [{"name": "queue", "type": "text", "default": '"officer"'}, {"name": "priority", "type": "whole"}],
    "rules": [
        {"inputs": ['"pledge"', "[1000000..5000000)", "-"], "outputs": ['"compliance"', "0"]},
        {"inputs": ['"pledge"', ">= 5000000", "-"], "outputs": ['"supervisor"', "1"]},
        {"inputs": ["-", "null", "true"], "outputs": ['"intake"', "1"]},
    ],
}


@given(tables())
def test_every_input_is_decided_as_one_reads_the_table(said: dict[str, Any]) -> None:
    table = from_json(said)
    for tried in product(*(values(one["type"]) for one in said["inputs"])):
        given = {one["name"]: value for one, value in zip(said["inputs"], tried, strict=True)}
        if any(value is None and not one["optional"] for one, value in zip(said["inputs"], tried, strict=True)):
            with pytest.raises(TableFault):
                read_inputs(table, given)
            continue
        expected = hits(said, tried)
        inputs = read_inputs(table, given)
        if said["hit_policy"] == "unique" and len(expected) > 1:
            with pytest.raises(TableFault, match=f"the rows {', '.join(map(str, expected))} hold at once"):
                evaluate(table, inputs)
            continue
        found = evaluate(table, inputs)
        assert list(found.hits) == (expected[:1] if said["hit_policy"] == "first" else expected)
        assert evaluation_json(table, found)["inputs"] == given


@pytest.mark.parametrize(
    ("service", "amount", "urgent", "rows", "queue"),
    [
        ("pledge", 999_999, False, [], "officer"),
        ("pledge", 1_000_000, False, [1], "compliance"),
        ("pledge", "4999999.99", True, [1], "compliance"),
        ("pledge", 5_000_000, True, [2], "supervisor"),
        ("licence", 5_000_000, True, [], "officer"),
        ("licence", None, True, [3], "intake"),
        ("pledge", None, False, [], "officer"),
    ],
)
def test_the_truth_table_of_a_routing_table(
    service: str, amount: object, urgent: bool, rows: list[int], queue: str
) -> None:
    table = from_json(DISCOUNT)
    told = evaluation_json(
        table, evaluate(table, read_inputs(table, {"service": service, "amount": amount, "urgent": urgent}))
    )
    assert told["hits"] == rows
    assert [row["queue"] for row in told["outputs"]] == [queue]


def test_collect_gives_every_row_in_order_and_nothing_where_none_holds() -> None:
    table = from_json({**DISCOUNT, "hit_policy": "collect", "rules": [*DISCOUNT["rules"], DISCOUNT["rules"][0]]})
    inputs = read_inputs(table, {"service": "pledge", "amount": 1_000_000, "urgent": True})
    assert evaluation_json(table, evaluate(table, inputs)) == {
        "inputs": {"service": "pledge", "amount": "1000000", "urgent": True},
        "hits": [1, 4],
        "outputs": [{"queue": "compliance", "priority": "0"}, {"queue": "compliance", "priority": "0"}],
    }
    inputs = read_inputs(table, {"service": "licence", "amount": 1, "urgent": True})
    assert evaluate(table, inputs).outputs == ()


def test_every_wrong_input_is_told_at_once() -> None:
    with pytest.raises(TableFault) as refused:
        read_inputs(from_json(DISCOUNT), {"service": "sale", "amount": "much", "other": 1})
    assert {place: why.code for place, why in refused.value.faults.items()} == {
        "other": "fields.not_of_form",
        "service": "decision_tables.outside",
        "amount": "fields.not_a_number",
        "urgent": "decision_tables.lacks",
    }
