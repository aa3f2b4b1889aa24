"""Each list of a file of a case has one order, in which nothing stands twice: who writes it in another way has written it anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, pairwise
from typing import Any

from casework_verify.faults import Fault
from casework_verify.histories import MOST_FAULTS

_Key = Callable[[Any], Any]


def _by(*names: str) -> _Key:
    return lambda one: tuple(one[name] for name in names)


def _by_place(row: Any) -> Any:
    """Rows that have a place among each other lie by it."""
    return row.get("position", 0), row["id"]


#: By place what the lists there are ordered by. A place is below another one, and `*` whatever stands in a list.
_OF_INDEX: Mapping[str, _Key] = {
    "rows.*": _by_place,
    "documents": _by("id"),
    "documents.*.versions": lambda one: -one["version"],
    "documents.*.shared": _by("id"),
    "case.consents": _by("id"),
    "case.grants": _by("id"),
}
_OF_ROLES: Mapping[str, _Key] = {"events": _by("log", "seq")}
_OF_PROOF: Mapping[str, _Key] = {
    "leaves": _by("seq"),
    "waiting": lambda one: one,
    "earlier": _by("size"),
    "registers.*": _by("seq"),
}


def order_faults(parts: Mapping[str, Any]) -> list[Fault]:
    """The lists of these parts, by name, in which something is there twice or in another order."""
    known = {"index.json": _OF_INDEX, "roles.json": _OF_ROLES, "proof.json": _OF_PROOF}
    found = (
        Fault("list_order", {"name": name}, file)
        for file, value in parts.items()
        for place, key in known[file].items()
        for name, listed in _lists(value, place.split("."), "")
        if not _is_ordered(listed, key)
    )
    return list(islice(found, MOST_FAULTS))


def _lists(value: Any, place: list[str], at: str) -> Iterator[tuple[str, list[Any]]]:
    """The lists at a place; what has another form is told by whoever reads it."""
    if not place:
        if isinstance(value, list):
            yield at.removesuffix("."), value
        return
    first, *rest = place
    if isinstance(value, list) and first == "*":
        for n, one in enumerate(value):
            yield from _lists(one, rest, f"{at}{n}.")
    elif isinstance(value, dict):
        for name in sorted(value) if first == "*" else [first]:
            yield from _lists(value.get(name), rest, f"{at}{name}.")


def _is_ordered(listed: list[Any], key: _Key) -> bool:
    try:
        return all(before < after for before, after in pairwise(map(key, listed)))
    except (LookupError, TypeError, AttributeError):
        # What has another form is told by whoever reads it.
        return True


__all__ = ["order_faults"]
