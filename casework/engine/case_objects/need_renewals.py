"""What an enterprise is shown of its need when it is asked whether it still holds, and what it says otherwise then."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from casework.engine.case_objects.kept_records import ON_REQUEST, PUBLIC
from casework.json_values import JsonMapping, JsonObject

#: What is told to everybody of a need that is not closed, and besides of one that is public: of these the record speaks, of all else
#: the words of who stated it.
PUBLISHED: Mapping[str, tuple[str, ...]] = {
    ON_REQUEST: ("sector", "district", "readiness_low", "readiness_high"),
    PUBLIC: (
        "sector",
        "district",
        "readiness_low",
        "readiness_high",
        "problem",
        "target",
        "figures",
        "wanted_form",
        "wanted_by",
    ),
}
#: What an enterprise says of its need: fields of the record.
STATED = ("title", "problem", "target", "figures", "tried", "site", "district", "sector", "constraints", "readiness_low",
    "readiness_high", "budget", "budget_currency", "wanted_form", "wanted_by", "country",
    "required_standards", "publication")  # fmt: skip
_EMPTY: tuple[Any, ...] = (None, "", [], {})
_NUMBER = re.compile(r"[0-9]{1,15}(\.[0-9]{1,6})?")


def alike(before: Any, after: Any) -> bool:
    """Whether two values say the same: nothing is said in many ways, an amount may end in zeros, and blanks mean nothing."""
    if before in _EMPTY or after in _EMPTY:
        return before in _EMPTY and after in _EMPTY
    if isinstance(before, str) and isinstance(after, str):
        if _NUMBER.fullmatch(before) and _NUMBER.fullmatch(after):
            return Decimal(before) == Decimal(after)
        return before.split() == after.split()
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(alike(one, other) for one, other in zip(before, after, strict=True))
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        return all(alike(before.get(name), after.get(name)) for name in {*before, *after})
    return type(before) is type(after) and bool(before == after)


def changes_of(before: JsonMapping, after: JsonMapping) -> JsonObject:
    """What `after` says otherwise than `before`; None of what it says no more."""
    names = sorted(name for name in {*before, *after} if not alike(before.get(name), after.get(name)))
    return {name: None if after.get(name) in _EMPTY else after[name] for name in names}


def changed_by(before: JsonMapping, changes: Iterable[JsonMapping]) -> JsonObject:
    """What is said after these changes, one after the other; of what is said no more nothing."""
    after: JsonObject = dict(before)
    for one in changes:
        after |= one
    return {name: value for name, value in after.items() if value not in _EMPTY}


def shown_of(said: JsonMapping, record: Mapping[str, Any]) -> JsonObject:
    """What an enterprise is shown of its need: what it said, and of what is published the record as it stands. Nothing else of the
    record, which the office may have put right or added to."""
    publication = record.get("publication")
    published = {name: record.get(name) for name in PUBLISHED.get(str(publication), ())}
    return changed_by(said, [published])


__all__ = ["PUBLISHED", "STATED", "alike", "changed_by", "changes_of", "shown_of"]
