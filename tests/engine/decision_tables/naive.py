"""Decides by a table as one reads it, cell by cell, without any of the program's own parsing: what the program must agree with."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

_PARTS = re.compile(r'"(?:[^"\\]|\\.)*"|[^,"]|,')


def _split(said: str) -> list[str]:
    """At commas outside of quotation marks."""
    parts, part = [], ""
    for piece in _PARTS.findall(said):
        if piece == ",":
            parts.append(part)
            part = ""
        else:
            part += piece
    return [one.strip() for one in [*parts, part]]


def _read(said: str) -> Any:
    said = said.strip()
    if said in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[said]
    if said.startswith("date("):
        return said[6:-2]
    if said.startswith('"'):
        return re.sub(r"\\(.)", r"\1", said[1:-1])
    return Decimal(said)


def _value(type: str, said: Any) -> Any:
    return Decimal(said) if type in ("number", "whole") and said is not None else said


def _one(test: str, value: Any) -> bool | None:
    for mark in ("<=", ">=", "<", ">"):
        if test.startswith(mark):
            end = _read(test[len(mark) :])
            if value is None:
                return None
            return bool({"<=": value <= end, ">=": value >= end, "<": value < end, ">": value > end}[mark])
    if test[0] in "[(":
        if value is None:
            return None
        low, high = (_read(end) for end in test[1:-1].split(".."))
        above = value >= low if test[0] == "[" else value > low
        return bool(above and (value <= high if test[-1] == "]" else value < high))
    return bool(value == _read(test))


def cell_holds(cell: str, value: Any) -> bool:
    if cell == "-":
        return True
    negated = cell.startswith("not(")
    found = [_one(test, value) for test in _split(cell[4:-1] if negated else cell)]
    either = True if True in found else None if None in found else False
    return either is False if negated else either is True


def hits(table: dict[str, Any], values: tuple[Any, ...]) -> list[int]:
    """The rows that hold, by their numbers."""
    types = [one["type"] for one in table["inputs"]]
    said = [_value(type, value) for type, value in zip(types, values, strict=True)]
    return [
        n
        for n, rule in enumerate(table["rules"], 1)
        if all(cell_holds(cell, value) for cell, value in zip(rule["inputs"], said, strict=True))
    ]
