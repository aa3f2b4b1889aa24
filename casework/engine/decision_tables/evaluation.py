"""What a decision table decides for certain inputs, and by which rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from casework import reasons
from casework.engine.decision_tables.tables import COLLECT, FIRST, Table, TableFault
from casework.engine.decision_tables.values import Value, as_json, read
from casework.errors import FieldFault
from casework.json_values import JsonObject
from casework.reasons import Why


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was decided: from which inputs, by which rows, by their numbers, and with which outputs, a set for each row.

    Where no row holds there is one set, of what stands for that; under `collect` there is none.
    """

    inputs: tuple[Value, ...]
    hits: tuple[int, ...]
    outputs: tuple[tuple[Value, ...], ...]


def read_inputs(table: Table, said: Mapping[str, object]) -> tuple[Value, ...]:
    """The inputs of a table out of JSON, in its order. Raises TableFault with everything that is wrong."""
    faults: dict[str, Why] = {
        name: reasons.fields.NOT_OF_FORM for name in said if name not in {one.name for one in table.inputs}
    }
    values: list[Value] = []
    for one in table.inputs:
        try:
            value = read(one.type, said.get(one.name))
        except FieldFault as fault:
            faults[one.name] = fault.reason
            continue
        if value is None and not one.optional:
            faults[one.name] = reasons.decision_tables.LACKS
        elif not one.has(value):
            faults[one.name] = reasons.decision_tables.OUTSIDE
        values.append(value)
    if faults:
        raise TableFault(faults)
    return tuple(values)


def evaluate(table: Table, inputs: tuple[Value, ...]) -> Evaluation:
    """What is decided for inputs as `read_inputs` gives them. Raises TableFault where several rows hold and one alone may."""
    hits: list[int] = []
    for n, rule in enumerate(table.rules, 1):
        if rule.holds(inputs):
            hits.append(n)
            if table.hit_policy == FIRST:
                break
    if len(hits) > 1 and table.hit_policy != COLLECT:
        rows = ", ".join(str(n) for n in hits)
        raise TableFault({"rules": reasons.decision_tables.SEVERAL_HIT(rows=rows)})
    outputs = [table.rules[n - 1].outputs for n in hits]
    if not hits and table.hit_policy != COLLECT:
        outputs.append(tuple(one.default for one in table.outputs))
    return Evaluation(inputs, tuple(hits), tuple(outputs))


def evaluation_json(table: Table, found: Evaluation) -> JsonObject:
    """How an evaluation is told and kept."""
    return {
        "inputs": named(table, found.inputs),
        "hits": list(found.hits),
        "outputs": [
            {one.name: as_json(value) for one, value in zip(table.outputs, row, strict=True)} for row in found.outputs
        ],
    }


def named(table: Table, inputs: tuple[Value, ...]) -> JsonObject:
    """The inputs by their names, as JSON."""
    return {one.name: as_json(value) for one, value in zip(table.inputs, inputs, strict=True)}


__all__ = ["Evaluation", "evaluate", "evaluation_json", "named", "read_inputs"]
