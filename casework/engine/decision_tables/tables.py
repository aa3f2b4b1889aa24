"""A decision table: its inputs, its outputs, and its rules, a row each; read from JSON, and written so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from casework import reasons
from casework.engine.decision_tables.conditions import ANY, Condition, Equal, literal, parse
from casework.engine.decision_tables.values import TEXT, TYPES, Value, feel
from casework.errors import FieldFault
from casework.json_values import JsonObject, JsonValue
from casework.reasons import Why

#: One row alone holds; the first one that holds counts; all that hold count.
UNIQUE, FIRST, COLLECT = "unique", "first", "collect"
HIT_POLICIES = (UNIQUE, FIRST, COLLECT)
#: So many a table has at most, and so many characters a name, a label and a note.
MOST_INPUTS, MOST_OUTPUTS, MOST_RULES = 12, 8, 300
#: All its cells together have so many tests at most: what a check costs grows by more than their number.
MOST_TESTS = 4_000
LONGEST_NAME, LONGEST_LABEL, LONGEST_NOTE = 60, 200, 500

_T = TypeVar("_T")


class TableFault(ValueError):
    """What is wrong with a table, each by the place where it stands, such as `rules.3.inputs.queue`."""

    def __init__(self, faults: Mapping[str, Why]) -> None:
        self.faults = dict(faults)
        super().__init__("; ".join(f"{place}: {why}" for place, why in self.faults.items()))


@dataclass(frozen=True, slots=True)
class Column:
    """Of which type it is, and which values it may have."""

    name: str
    type: str = TEXT
    label: str = ""
    allowed: Condition = ANY


@dataclass(frozen=True, slots=True)
class Input(Column):
    """A column that is asked, and whether what it asks for may be lacking."""

    optional: bool = False

    def has(self, value: Value) -> bool:
        """Whether it may be so."""
        return self.optional if value is None else self.allowed.holds(value)


@dataclass(frozen=True, slots=True)
class Output(Column):
    """A column that is decided, and what it is where no row holds."""

    default: Value = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: a condition for each input, and a value for each output."""

    conditions: tuple[Condition, ...]
    outputs: tuple[Value, ...]
    note: str = ""

    def holds(self, values: Sequence[Value]) -> bool:
        return all(condition.holds(value) for condition, value in zip(self.conditions, values, strict=True))


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table."""

    name: str
    hit_policy: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...] = ()
    title: str = ""


# --- written ---------------------------------------------------------------------------------------------------------


def to_json(table: Table) -> JsonObject:
    """The table as `from_json` reads it: conditions and values as they are written in cells."""
    return {
        "name": table.name,
        "title": table.title,
        "hit_policy": table.hit_policy,
        "inputs": [{**_written(one), "optional": one.optional} for one in table.inputs],
        "outputs": [{**_written(one), "default": _cell(one.default)} for one in table.outputs],
        "rules": [
            {
                "inputs": [str(condition) for condition in rule.conditions],
                "outputs": [_cell(value) for value in rule.outputs],
                "note": rule.note,
            }
            for rule in table.rules
        ],
    }


def _written(one: Column) -> JsonObject:
    """What every column has."""
    return {"name": one.name, "label": one.label, "type": one.type, "allowed": str(one.allowed)}


def _cell(value: Value) -> str:
    return "" if value is None else feel(value)


# --- read ------------------------------------------------------------------------------------------------------------


@dataclass
class _Faults:
    """What is wrong so far, by its place."""

    found: dict[str, Why] = field(default_factory=dict)

    def at(self, place: str, why: Why) -> None:
        self.found.setdefault(place, why)

    def get(self, place: str, read: Callable[[], _T], otherwise: _T) -> _T:
        try:
            return read()
        except FieldFault as fault:
            self.at(place, fault.reason)
            return otherwise

    def words(self, place: str, said: object, most: int) -> str:
        if said is None:
            return ""
        if not isinstance(said, str):
            self.at(place, reasons.fields.TEXT)
            return ""
        if len(said) > most:
            self.at(place, reasons.fields.LONGEST(most=most))
        elif any(not character.isprintable() for character in said):
            self.at(place, reasons.fields.UNSTORABLE)
        return said.strip()

    def name(self, place: str, said: object) -> str:
        if not is_name(said):
            self.at(place, reasons.decision_tables.NO_NAME)
        return said if isinstance(said, str) else ""

    def one_of(self, place: str, said: object, choices: Sequence[str], why: Why) -> str:
        if said not in choices:
            self.at(place, why)
            return choices[0]
        return str(said)

    def listed(self, place: str, said: object, most: int, least: int = 0) -> list[Mapping[str, Any]]:
        if not isinstance(said, list | tuple):
            self.at(place, reasons.fields.LIST)
            return []
        if len(said) > most:
            self.at(place, reasons.fields.MOST_ENTRIES(most=most))
            return []
        if len(said) < least:
            self.at(place, reasons.fields.LEAST_ENTRIES(least=least))
        sound = []
        for n, one in enumerate(said, 1):
            if isinstance(one, Mapping):
                sound.append(one)
            else:
                self.at(f"{place}.{n}", reasons.fields.OBJECT)
        return sound


def is_name(said: object) -> bool:
    """Whether a table or a column may be called so."""
    return isinstance(said, str) and len(said) <= LONGEST_NAME and said.isidentifier() and not said.startswith("_")


def from_json(said: object) -> Table:
    """The table that `to_json` writes so. Raises TableFault with everything that is wrong."""
    faults = _Faults()
    if not isinstance(said, Mapping):
        raise TableFault({"table": reasons.fields.OBJECT})
    _insist_known(faults, "", said, ("name", "title", "hit_policy", "inputs", "outputs", "rules"))
    inputs = [
        _input(faults, f"inputs.{n}", one)
        for n, one in enumerate(faults.listed("inputs", said.get("inputs"), MOST_INPUTS, 1), 1)
    ]
    outputs = [
        _output(faults, f"outputs.{n}", one)
        for n, one in enumerate(faults.listed("outputs", said.get("outputs"), MOST_OUTPUTS, 1), 1)
    ]
    _insist_apart(faults, "inputs", [one.name for one in inputs])
    _insist_apart(faults, "outputs", [one.name for one in outputs])
    table = Table(
        name=faults.name("name", said.get("name")),
        title=faults.words("title", said.get("title"), LONGEST_LABEL),
        hit_policy=faults.one_of(
            "hit_policy", said.get("hit_policy"), HIT_POLICIES, reasons.decision_tables.HIT_POLICY
        ),
        inputs=tuple(inputs),
        outputs=tuple(outputs),
        rules=tuple(
            _rule(faults, f"rules.{n}", one, inputs, outputs)
            for n, one in enumerate(faults.listed("rules", said.get("rules", []), MOST_RULES), 1)
        ),
    )
    if sum(len(condition.tests) for rule in table.rules for condition in rule.conditions) > MOST_TESTS:
        faults.at("rules", reasons.decision_tables.TOO_MANY_TESTS(most=MOST_TESTS))
    if faults.found:
        raise TableFault(faults.found)
    return table


def _insist_known(faults: _Faults, place: str, said: Mapping[str, Any], known: Iterable[str]) -> None:
    for name in sorted(str(key) for key in said.keys() - set(known))[:20]:
        faults.at(f"{place}{name[:LONGEST_NAME]}", reasons.fields.NOT_OF_FORM)


def _insist_apart(faults: _Faults, place: str, names: Sequence[str]) -> None:
    for n, name in enumerate(names, 1):
        if name in names[: n - 1]:
            faults.at(f"{place}.{n}.name", reasons.fields.NAMED_TWICE)


def _input(faults: _Faults, place: str, said: Mapping[str, Any]) -> Input:
    column = _column(faults, place, said, "optional")
    optional = said.get("optional", False)
    if not isinstance(optional, bool):
        faults.at(f"{place}.optional", reasons.fields.YES_OR_NO)
    if None in column.allowed.ends():
        faults.at(f"{place}.allowed", reasons.decision_tables.UNEXPECTED(said="null"))
    return Input(column.name, column.type, column.label, column.allowed, optional is True)


def _output(faults: _Faults, place: str, said: Mapping[str, Any]) -> Output:
    column = _column(faults, place, said, "default")
    default = _value(faults, f"{place}.default", said.get("default"), column.type, column.allowed)
    return Output(column.name, column.type, column.label, column.allowed, default)


def _column(faults: _Faults, place: str, said: Mapping[str, Any], besides: str) -> Column:
    _insist_known(faults, f"{place}.", said, ("name", "label", "type", "allowed", besides))
    type = faults.one_of(f"{place}.type", said.get("type"), TYPES, reasons.decision_tables.TYPE)
    return Column(
        name=faults.name(f"{place}.name", said.get("name")),
        label=faults.words(f"{place}.label", said.get("label"), LONGEST_LABEL),
        type=type,
        allowed=_condition(faults, f"{place}.allowed", said.get("allowed"), type),
    )


def _rule(
    faults: _Faults, place: str, said: Mapping[str, Any], inputs: Sequence[Input], outputs: Sequence[Output]
) -> Rule:
    _insist_known(faults, f"{place}.", said, ("inputs", "outputs", "note"))
    conditions, values = [], []
    for one, cell in _cells(faults, f"{place}.inputs", said.get("inputs"), inputs):
        here = f"{place}.inputs.{one.name}"
        conditions.append(_condition(faults, here, cell, one.type))
        _insist_possible(faults, here, one, conditions[-1])
    for out, cell in _cells(faults, f"{place}.outputs", said.get("outputs"), outputs):
        values.append(_value(faults, f"{place}.outputs.{out.name}", cell, out.type, out.allowed))
    return Rule(tuple(conditions), tuple(values), faults.words(f"{place}.note", said.get("note"), LONGEST_NOTE))


def _cells(faults: _Faults, place: str, said: object, columns: Sequence[_T]) -> Iterable[tuple[_T, JsonValue]]:
    if not isinstance(said, list | tuple) or len(said) != len(columns):
        faults.at(place, reasons.decision_tables.CELLS(count=len(columns)))
        return []
    return list(zip(columns, said, strict=True))


def _condition(faults: _Faults, place: str, said: object, type: str) -> Condition:
    if said is None:
        return ANY
    if not isinstance(said, str):
        faults.at(place, reasons.fields.TEXT)
        return ANY
    return faults.get(place, lambda: parse(said, type), ANY)


def _value(faults: _Faults, place: str, said: object, type: str, allowed: Condition) -> Value:
    if said is None:
        return None
    if not isinstance(said, str):
        faults.at(place, reasons.fields.TEXT)
        return None
    value = faults.get(place, lambda: literal(said, type), None)
    if value is not None and not allowed.holds(value):
        faults.at(place, reasons.decision_tables.NOT_ALLOWED(said=feel(value)))
    return value


def _insist_possible(faults: _Faults, place: str, one: Input, condition: Condition) -> None:
    """A value that is named can be there: who mistypes one is told at once."""
    for test in condition.tests:
        if isinstance(test, Equal) and not one.has(test.value):
            lacking = test.value is None
            why: Why = (
                reasons.decision_tables.NEVER_LACKS
                if lacking
                else reasons.decision_tables.NOT_ALLOWED(said=feel(test.value))
            )
            faults.at(place, why)


__all__ = [
    "COLLECT",
    "FIRST",
    "HIT_POLICIES",
    "MOST_INPUTS",
    "MOST_OUTPUTS",
    "MOST_RULES",
    "MOST_TESTS",
    "UNIQUE",
    "Input",
    "Output",
    "Rule",
    "Table",
    "TableFault",
    "from_json",
    "is_name",
    "to_json",
]
