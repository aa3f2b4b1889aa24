"""The price of a deal as it was signed last: what kind of agreement it is, its value, what of that is technology, or why there is none.

Where each of these is said, a definition tells (`Workflow.price`): "sign.value", or "sign+licence.value" of what counts only once
another action came after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from casework.engine.definition.sheets import place_of
from casework.engine.parts import PRICE_PARTS

KIND, FORM, VALUE, TECHNOLOGY, NO_PRICE, NO_VALUE, SIGNED_ON, CONTRIBUTION = PRICE_PARTS


@dataclass(frozen=True)
class Price:
    """What a deal says of its price, and when that was recorded; what it does not say is not there."""

    at: datetime
    #: Codes, and of an amount its decimal and its currency.
    said: Mapping[str, Any]
    #: Under which name each is asked for.
    fields: Mapping[str, str]


class Said(Protocol):
    """What an action said, and when."""

    @property
    def at(self) -> datetime: ...

    @property
    def data(self) -> Mapping[str, Any]: ...


def price_of(fired: Mapping[str, Said], written: Mapping[str, str]) -> Price | None:
    """The price by the action that fired last of those that say it and count; None before the first."""
    places = _places(written)
    actions = {(action, after) for told in places.values() for action, after, _ in told}
    counted = {action: fired[action] for action, after in actions if _counts(fired, action, after)}
    if not counted:
        return None
    name = max(counted, key=lambda name: (counted[name].at, name))
    fields = {part: field for part, told in places.items() for action, _, field in told if action == name}
    data = counted[name].data
    said = {part: data[field] for part, field in fields.items() if data.get(field) not in (None, "")}
    return Price(counted[name].at, said, fields)


def asked_in(written: Mapping[str, str]) -> tuple[frozenset[str], frozenset[str]]:
    """The actions by which a price is told, and the fields in which they say it."""
    places = [place for told in _places(written).values() for place in told]
    actions = {name for action, after, _ in places for name in (action, after) if name}
    return frozenset(actions), frozenset(field for _, _, field in places)


def _places(written: Mapping[str, str]) -> dict[str, list[tuple[str, str, str]]]:
    return {part: [place_of(where) for where in told.split("|")] for part, told in written.items()}


def _counts(fired: Mapping[str, Said], action: str, after: str) -> bool:
    said, then = fired.get(action), fired.get(after)
    return said is not None and (not after or then is not None and then.at >= said.at)
