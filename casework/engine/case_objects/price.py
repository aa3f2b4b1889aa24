"""The price of a deal as it was signed last: what kind of agreement it is, its value, what of that is technology, or why there is none.

Where each of these is said, a definition tells (`Workflow.price`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.engine.parts import PRICE_PARTS
from casework.engine.state.case import Track

KIND, FORM, VALUE, TECHNOLOGY, NO_PRICE, NO_VALUE = PRICE_PARTS


@dataclass(frozen=True)
class Price:
    """What a deal says of its price, and when that was recorded; what it does not say is not there."""

    at: datetime
    #: Codes, and of an amount its decimal and its currency.
    said: Mapping[str, Any]
    #: Under which name each is asked for.
    fields: Mapping[str, str]


def price_of(track: Track, written: Mapping[str, str]) -> Price | None:
    """The price by the action that fired last of those that say it; None before the first."""
    names = {where.partition(".")[0] for places in written.values() for where in places.split("|")}
    fired = {name: done for name in names if (done := track.fired.get(name)) is not None}
    if not fired:
        return None
    name = max(fired, key=lambda name: (fired[name].at, name))
    fields = {
        part: field
        for part, places in written.items()
        for action, _, field in (where.partition(".") for where in places.split("|"))
        if action == name
    }
    data = fired[name].data
    said = {part: data[field] for part, field in fields.items() if data.get(field) not in (None, "")}
    return Price(fired[name].at, said, fields)
