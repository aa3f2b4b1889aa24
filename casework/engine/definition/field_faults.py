"""What a library says of a value that does not fit, as a reason of ours: by the type of the error, never by its words."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic_core import ErrorDetails

from casework import reasons
from casework.errors import FieldFault
from casework.reasons import Reason, Template

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
#: The sentence, its gap, and under which name the library says the limit.
_LIMITS: Mapping[str, tuple[Template, str, str]] = {
    "greater_than_equal": (reasons.fields.AT_LEAST, "value", "ge"),
    "less_than_equal": (reasons.fields.AT_MOST, "value", "le"),
    "string_too_short": (reasons.fields.SHORTEST, "least", "min_length"),
    "string_too_long": (reasons.fields.LONGEST, "most", "max_length"),
    "string_pattern_mismatch": (reasons.fields.PATTERN, "pattern", "pattern"),
    "too_long": (reasons.fields.MOST_ENTRIES, "most", "max_length"),
    "too_short": (reasons.fields.LEAST_ENTRIES, "least", "min_length"),
}


def reason_of(error: ErrorDetails) -> Reason:
    """Why a value was refused."""
    kind, given = error["type"], error.get("ctx", {})
    if isinstance(own := given.get("error"), FieldFault):
        return own.reason
    if kind == "string_too_short" and given["min_length"] == 1:
        return reasons.fields.REQUIRED
    if kind in _LIMITS:
        template, gap, name = _LIMITS[kind]
        return template(**{gap: str(given[name]) if gap == "value" else given[name]})
    if kind.startswith(("date_", "date_from")):
        return reasons.fields.DAY_FORM
    if kind.startswith(("datetime_", "timezone_")):
        return reasons.fields.TIME_FORM
    return reasons.fields.NOT_AN_ID if kind.startswith("uuid_") else _PLAIN.get(kind, reasons.fields.WRONG)
