"""What a library says of a value that does not fit, as a reason of ours: by the type of the error, never by its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic_core import ErrorDetails

from casework import reasons
from casework.errors import FieldFault
from casework.reasons import Reason

Json = Any

_PLAIN: Mapping[str, Reason] = {
    "missing": reasons.fields.REQUIRED,
    "extra_forbidden": reasons.fields.NOT_OF_FORM,
    "literal_error": reasons.fields.NOT_A_CHOICE,
    "enum": reasons.fields.NOT_A_CHOICE,
    "string_type": reasons.fields.TEXT,
    "list_type": reasons.fields.LIST,
    "dict_type": reasons.fields.OBJECT,
    "model_type": reasons.fields.OBJECT,
    "bool_type": reasons.fields.YES_OR_NO,
    "bool_parsing": reasons.fields.YES_OR_NO,
    "int_type": reasons.fields.WHOLE_NUMBER,
    "int_parsing": reasons.fields.WHOLE_NUMBER,
    "int_from_float": reasons.fields.WHOLE_NUMBER,
}
_WITH_VALUES: Mapping[str, Callable[[Mapping[str, Json]], Reason]] = {
    "greater_than_equal": lambda given: reasons.fields.AT_LEAST(value=str(given["ge"])),
    "less_than_equal": lambda given: reasons.fields.AT_MOST(value=str(given["le"])),
    "string_too_short": lambda given: (
        reasons.fields.REQUIRED if given["min_length"] == 1 else reasons.fields.SHORTEST(least=given["min_length"])
    ),
    "string_too_long": lambda given: reasons.fields.LONGEST(most=given["max_length"]),
    "string_pattern_mismatch": lambda given: reasons.fields.PATTERN(pattern=given["pattern"]),
    "too_long": lambda given: reasons.fields.MOST_ENTRIES(most=given["max_length"]),
    "too_short": lambda given: reasons.fields.LEAST_ENTRIES(least=given["min_length"]),
}


def reason_of(error: ErrorDetails) -> Reason:
    """Why a value was refused."""
    kind, given = error["type"], error.get("ctx", {})
    if isinstance(own := given.get("error"), FieldFault):
        return own.reason
    if kind in _WITH_VALUES:
        return _WITH_VALUES[kind](given)
    if kind.startswith(("date_", "date_from")):
        return reasons.fields.DAY_FORM
    if kind.startswith(("datetime_", "timezone_")):
        return reasons.fields.TIME_FORM
    return reasons.fields.NOT_AN_ID if kind.startswith("uuid_") else _PLAIN.get(kind, reasons.fields.WRONG)
