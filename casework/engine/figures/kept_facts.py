"""Facts and figures as data, so that they can be kept: what was written comes back as it was.

A class is written as the list of its fields, and a mapping as pairs, in its order: the main track of a case is its first.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from casework.engine.case_objects.kept_records import NEED, TECHNOLOGY
from casework.engine.deadlines.calendars import Calendar
from casework.engine.figures.case_facts import READ, CaseFacts
from casework.engine.figures.names import DEFINITIONS, FigureNames, written
from casework.engine.figures.register_facts import RecordFacts, RightFacts
from casework.json_values import JsonValue
from casework.ledger.canonical_json import digest

Facts = CaseFacts | RecordFacts | RightFacts
#: Of which logs facts are kept, by kind. Those of a mediation never are: what is not kept nobody reads.
KEPT: Mapping[str, type[Facts]] = {
    "case": CaseFacts,
    NEED: RecordFacts,
    "right": RightFacts,
    TECHNOLOGY: RecordFacts,
}
T = TypeVar("T")
_Way = Callable[[Any], Any]


def write(value: Any) -> JsonValue:
    """What is kept, as data."""
    kind: Any = type(value)
    told: JsonValue = None if value is None else _ways(kind)[0](value)
    return told


def read(kind: type[T], told: Any) -> T:
    """What was written of a class."""
    of: Any = kind
    value: T = _ways(of)[1](told)
    return value


def read_facts(kind: str, told: Any) -> Facts | None:
    """What was written of a log of a kind."""
    return None if told is None else read(KEPT[kind], told)


def rules_of(names: FigureNames, *more: type) -> str:
    """By what figures are counted, and facts and `more` are kept: what was kept by anything else is made again."""
    shapes = {kind.__name__: _shape(kind) for kind in (*KEPT.values(), *more)}
    return digest({"definitions": DEFINITIONS, "names": dict(written(names)), "shapes": shapes})


def facts_by(rules: str, calendar: Calendar) -> str:
    """By what facts are kept: their days and minutes are of a calendar, too."""
    return digest({"rules": rules, "calendar": calendar.digest})


@cache
def _fields(kind: Any) -> dict[str, Any]:
    """The fields of a class that are written, with what they are: of a case those that figures read."""
    hints = get_type_hints(kind)
    return {one.name: hints[one.name] for one in fields(kind) if one.name in READ.get(kind, (one.name,))}


def _shape(kind: Any) -> Any:
    """All fields of a class, and of those within it."""
    of: Any = kind
    if is_dataclass(kind):
        return {name: _shape(one) for name, one in _fields(of).items()}
    within = {str(one): _shape(one) for one in get_args(kind) if is_dataclass(one) or get_args(one)}
    return within or str(kind)


def _as_it_is(value: Any) -> Any:
    return value


#: Nothing is told more finely.
_TICK = timedelta(microseconds=1)
_PLAIN: Mapping[Any, tuple[_Way, _Way]] = {
    datetime: (datetime.isoformat, datetime.fromisoformat),
    date: (date.isoformat, date.fromisoformat),
    Decimal: (str, Decimal),
    Fraction: (str, Fraction),
    timedelta: (lambda one: one // _TICK, lambda told: told * _TICK),
}


@cache
def _ways(kind: Any) -> tuple[_Way, _Way]:
    """How a value of a type is written and read; what is JSON already stays as it is."""
    if is_dataclass(kind):
        return _of_class(kind)
    origin, of = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _of_optional([one for one in of if one is not type(None)])
    if origin is tuple:
        return _of_list(of[0], tuple) if of[-1] is Ellipsis else _of_tuple(of)
    if origin is frozenset:
        return _of_set(of[0])
    if origin is not None and issubclass(origin, Mapping):
        return _of_mapping(*of)
    return _PLAIN.get(kind, (_as_it_is, _as_it_is))


def _of_class(kind: Any) -> tuple[_Way, _Way]:
    names = tuple(_fields(kind))
    ways = [_ways(of) for of in _fields(kind).values()]
    out = [(name, write) for name, (write, _) in zip(names, ways, strict=True)]
    back = [(name, read) for name, (_, read) in zip(names, ways, strict=True)]

    def read_class(told: Any) -> Any:
        return kind(**{name: read(value) for (name, read), value in zip(back, told, strict=True)})

    return lambda one: [write(getattr(one, name)) for name, write in out], read_class


def _of_optional(of: list[Any]) -> tuple[_Way, _Way]:
    if len(of) != 1:
        raise TypeError(f"one of several types is not told from another: {of}")
    write, read = _ways(of[0])
    return (
        lambda value: None if value is None else write(value),
        lambda told: None if told is None else read(told),
    )


def _of_list(of: Any, made: Callable[[Any], Any]) -> tuple[_Way, _Way]:
    write, read = _ways(of)
    return lambda values: [write(one) for one in values], lambda told: made(read(one) for one in told)


def _of_tuple(of: tuple[Any, ...]) -> tuple[_Way, _Way]:
    ways = [_ways(one) for one in of]
    return (
        lambda values: [write(one) for (write, _), one in zip(ways, values, strict=True)],
        lambda told: tuple(read(one) for (_, read), one in zip(ways, told, strict=True)),
    )


def _of_set(of: Any) -> tuple[_Way, _Way]:
    write, read = _of_list(of, frozenset)
    return lambda values: write(sorted(values)), read


def _of_mapping(key: Any, value: Any) -> tuple[_Way, _Way]:
    if value is Any:
        # Plain JSON by its names.
        return dict, _as_it_is
    (write_key, read_key), (write, read) = _ways(key), _ways(value)
    return (
        lambda told: [[write_key(name), write(one)] for name, one in told.items()],
        lambda pairs: {read_key(name): read(one) for name, one in pairs},
    )
