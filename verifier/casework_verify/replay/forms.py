"""Whether what was filled in fits a form of an edition: what must be there is, and each answer is one of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from casework_verify.replay.standing import PARTIES
from casework_verify.replay.workflows import Written

_MISSING = object()
#: The value of a field that was erased: it was there, and nobody can say what it was.
GONE = object()
#: What is named by its id, one or several.
_ONE = frozenset({"right", "burden", "impact", "person", "provider", "owner", "organisation", "listed"})
_SEVERAL = frozenset({"rights", "people", "providers", "panel", "documents", "tasks", "listed_many"})
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def answers(facts: Mapping[str, Any], body: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a form's fields say: facts stand in the effects, words in the body."""
    return {**{name: stored.get("value", GONE) for name, stored in body.items()}, **facts}


def form_faults(
    fields: list[Written], given: Mapping[str, Any], facts: Mapping[str, Any], today: date, left_out: frozenset[str]
) -> Iterator[tuple[str, str]]:
    """(code, field) of what is wrong; `left_out` are fields that whoever answered was not asked."""
    known = {field["name"]: field for field in fields}
    for name in facts:
        if name not in known:
            yield "form_unknown_field", name
        elif not known[name]["fact"]:
            yield "form_misplaced", name
    for name, field in known.items():
        value = given.get(name, _MISSING)
        asked = _is_asked(field, given)
        if value is _MISSING or value is None or value == [] or value == "":
            if field["required"] and asked and "asked_if" not in field and name not in left_out:
                yield "form_missing", name
        elif value is not GONE:
            if asked is False:
                yield "form_not_asked", name
            if not _fits(field, value, today):
                yield "form_unfit", name


def _is_asked(field: Written, given: Mapping[str, Any]) -> bool | None:
    """Whether a field is asked, by the answer of another one; None where that one was erased."""
    if "when" not in field:
        return True
    other, wanted = field["when"]
    value = given.get(other)
    return None if value is GONE else value in wanted


def _fits(field: Written, value: Any, today: date) -> bool:
    kind = field["type"]
    check = _KINDS.get(kind)
    if check is not None:
        return bool(check(field, value, today))
    if kind in _ONE:
        return isinstance(value, str)
    if kind in _SEVERAL:
        return isinstance(value, list) and all(isinstance(one, str) for one in value) and len(set(value)) == len(value)
    return kind == "items" and isinstance(value, list)


def _text(field: Written, value: Any, today: date) -> bool:
    return isinstance(value, str) and len(value) <= field["max"]


def _number(field: Written, value: Any, today: date) -> bool:
    try:
        number = Decimal(value) if isinstance(value, str) else None
    except InvalidOperation:
        return False
    if number is None or not number.is_finite() or field["whole"] and number != number.to_integral_value():
        return False
    low, high = field["min"], field["max"]
    return (low is None or number >= Decimal(low)) and (high is None or number <= Decimal(high))


def _date(field: Written, value: Any, today: date) -> bool:
    if not isinstance(value, str) or _DAY.fullmatch(value) is None:
        return False
    day = value
    return not (field["past"] and day > today.isoformat()) and not (field["future"] and day < today.isoformat())


def _many(field: Written, value: Any, today: date) -> bool:
    return isinstance(value, list) and len(set(value)) == len(value) and set(value) <= set(field["choices"])


def _yes_no(field: Written, value: Any, today: date) -> bool:
    return isinstance(value, bool) and field["must"] in (None, value)


def _rows(field: Written, value: Any, today: date) -> bool:
    if not isinstance(value, list) or len(value) > field["most"]:
        return False
    return all(
        isinstance(row, dict) and not list(form_faults(field["fields"], row, {}, today, frozenset())) for row in value
    )


def _choice(field: Written, value: Any, today: date) -> bool:
    return value in field["choices"]


def _party(field: Written, value: Any, today: date) -> bool:
    return value in PARTIES


def _money(field: Written, value: Any, today: date) -> bool:
    return isinstance(value, dict)


_KINDS = {
    "text": _text, "note": _text, "number": _number, "date": _date, "many": _many, "yes_no": _yes_no, "rows": _rows, "choice": _choice,
    "party": _party, "money": _money,
}  # fmt: skip
