from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from casework.engine.decision_tables.tables import MOST_INPUTS, MOST_RULES, TableFault, from_json, to_json
from tests.engine.decision_tables.random_tables import tables


def least(**more: Any) -> dict[str, Any]:
    """The smallest table, with something else in it."""
    return {
        "name": "routing",
        "hit_policy": "first",
        "inputs": [{"name": "service", "type": "text", "allowed": '"pledge", "licence"'}],
        "outputs": [{"name": "priority", "type": "whole", "allowed": "[-1..1]"}],
        "rules": [{"inputs": ['"pledge"'], "outputs": ["1"]}],
        **more,
    }


def row(**more: Any) -> dict[str, Any]:
    return least(rules=[{"inputs": ['"pledge"'], "outputs": ["1"], **more}])


#: Something wrong, and the code of what is told of each place.
WRONG: list[tuple[Any, dict[str, str]]] = [
    ([], {"table": "fields.object"}),
    ({}, {"name": "decision_tables.no_name", "hit_policy": "decision_tables.hit_policy", "inputs": "fields.list",
          "outputs": "fields.list"}),
    (least(version=3), {"version": "fields.not_of_form"}),
    (least(name="a b"), {"name": "decision_tables.no_name"}),
    (least(name="_a"), {"name": "decision_tables.no_name"}),
    (least(title=7), {"title": "fields.text"}),
    (least(title="a\nb"), {"title": "fields.unstorable"}),
    (least(hit_policy="any"), {"hit_policy": "decision_tables.hit_policy"}),
    (least(hit_policy=[]), {"hit_policy": "decision_tables.hit_policy"}),
    (least(outputs=[], rules=[]), {"outputs": "fields.least_entries"}),
    (least(inputs=[{"name": "a", "type": "money"}], rules=[]), {"inputs.1.type": "decision_tables.type"}),
    (least(inputs=[{"name": "a", "type": "text"}] * 2, rules=[]), {"inputs.2.name": "fields.named_twice"}),
    (least(inputs=[{"name": "a", "type": "text", "allowed": '"x", null'}], rules=[]),
     {"inputs.1.allowed": "decision_tables.unexpected"}),
    (least(inputs=[{"name": "a", "type": "text", "optional": "yes"}], rules=[]),
     {"inputs.1.optional": "fields.yes_or_no"}),
    (least(inputs=[{"name": f"a{n}", "type": "text"} for n in range(MOST_INPUTS + 1)], rules=[]),
     {"inputs": "fields.most_entries"}),
    (least(rules=[{"inputs": ["-"], "outputs": ["1"]}] * (MOST_RULES + 1)), {"rules": "fields.most_entries"}),
    (least(rules=["x"]), {"rules.1": "fields.object"}),
    (row(inputs=["-", "-"]), {"rules.1.inputs": "decision_tables.cells"}),
    (row(inputs=[7]), {"rules.1.inputs.service": "fields.text"}),
    (row(inputs=['"sale"']), {"rules.1.inputs.service": "decision_tables.not_allowed"}),
    (row(inputs=["null"]), {"rules.1.inputs.service": "decision_tables.never_lacks"}),
    (row(outputs=["2"]), {"rules.1.outputs.priority": "decision_tables.not_allowed"}),
    (row(outputs=["1, 0"]), {"rules.1.outputs.priority": "decision_tables.unexpected"}),
    (row(note="x" * 501), {"rules.1.note": "fields.longest"}),
    (row(inputs=["pledge"], outputs=["one"]), {"rules.1.inputs.service": "decision_tables.unexpected",
                                               "rules.1.outputs.priority": "decision_tables.unexpected"}),
]  # fmt: skip


@given(tables())
def test_a_table_is_written_as_it_is_read(said: dict[str, Any]) -> None:
    table = from_json(said)
    assert from_json(to_json(table)) == table


@pytest.mark.parametrize(("said", "faults"), WRONG)
def test_everything_wrong_is_told_with_its_place(said: Any, faults: dict[str, str]) -> None:
    with pytest.raises(TableFault) as refused:
        from_json(said)
    assert {place: why.code for place, why in refused.value.faults.items()} == faults
