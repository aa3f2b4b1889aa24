"""What an input or an output of a decision table may be: a text, a number, a whole number, a day, or yes and no.

A value that is lacking is None. Written it stands as FEEL has it: "text", 12.5, date("2026-05-01"), true, null.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from casework import reasons
from casework.errors import FieldFault
from casework.json_values import JsonValue

TEXT, NUMBER, WHOLE, DAY, BOOLEAN = "text", "number", "whole", "day", "boolean"
TYPES = (TEXT, NUMBER, WHOLE, DAY, BOOLEAN)
#: Those of which one comes before another.
ORDERED = (NUMBER, WHOLE, DAY)
#: Those with nothing between one and the next.
STEPPED = (WHOLE, DAY)

Value = str | Decimal | date | bool | None
#: A text has so many characters at most.
LONGEST = 200
#: A number lies between this and its opposite.
BEYOND = Decimal(10) ** 15

_NUMBER = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def number(said: str) -> Decimal:
    """The number that is written so. Raises FieldFault."""
    if not _NUMBER.fullmatch(said):
        raise FieldFault(reasons.fields.NOT_A_NUMBER)
    # Adding nothing takes the sign from a zero.
    return Decimal(said) + 0


def whole(said: str) -> Decimal:
    """The same of a whole number."""
    found = number(said)
    if found != found.to_integral_value():
        raise FieldFault(reasons.fields.WHOLE_NUMBER)
    return found


def day(said: str) -> date:
    """The day that is written so. Raises FieldFault."""
    if not _DAY.fullmatch(said):
        raise FieldFault(reasons.fields.DAY_FORM)
    try:
        found = date.fromisoformat(said)
    except ValueError as fault:
        raise FieldFault(reasons.fields.NO_DAY) from fault
    if not 1900 <= found.year <= 2199:
        raise FieldFault(reasons.fields.YEARS)
    return found


def words(said: str) -> str:
    """A text as it is kept. Raises FieldFault."""
    if len(said) > LONGEST:
        raise FieldFault(reasons.fields.LONGEST(most=LONGEST))
    if _CONTROL.search(said):
        raise FieldFault(reasons.fields.UNSTORABLE)
    return said


_READ: Mapping[str, Callable[[str], Value]] = {TEXT: words, NUMBER: number, WHOLE: whole, DAY: day}


def read(type: str, said: object) -> Value:
    """A value of a type out of JSON: numbers and days as strings too. Raises FieldFault."""
    if said is None:
        return None
    if type == BOOLEAN:
        if not isinstance(said, bool):
            raise FieldFault(reasons.fields.YES_OR_NO)
        return said
    if type in (NUMBER, WHOLE) and isinstance(said, int | Decimal) and not isinstance(said, bool):
        said = plain(Decimal(said)) if isinstance(said, Decimal) else str(said)
    if not isinstance(said, str):
        raise FieldFault(reasons.fields.NUMBER_FORM if type in (NUMBER, WHOLE) else reasons.fields.TEXT)
    return _READ[type](said)


def plain(value: Decimal) -> str:
    """A number as it is written: without an exponent, and no zero at its end."""
    said = format(value, "f")
    return said.rstrip("0").rstrip(".") if "." in said else said


def as_json(value: Value) -> JsonValue:
    """A value as JSON has it, such that `read` gives it again."""
    if isinstance(value, Decimal):
        return plain(value)
    return value.isoformat() if isinstance(value, date) else value


def feel(value: Value) -> str:
    """A value as FEEL writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, date):
        return f'date("{value.isoformat()}")'
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


__all__ = [
    "BOOLEAN",
    "DAY",
    "NUMBER",
    "ORDERED",
    "STEPPED",
    "TEXT",
    "TYPES",
    "WHOLE",
    "Value",
    "as_json",
    "feel",
    "plain",
    "read",
]
