"""The price of a deal as it was signed last: what kind of agreement it is, its value, what of that is technology, or why there is none.

Where each of these is said, a definition tells (`Workflow.price`): "sign.value", or "sign+licence.value" of what counts only once
another action came after it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from casework.engine.definition.sheets import place_of
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
    """The price by the action that fired last of those that say it and count; None before the first."""
    places = {part: [place_of(where) for where in told.split("|")] for part, told in written.items()}
    actions = {(action, after) for told in places.values() for action, after, _ in told}
    fired = {action: track.fired[action] for action, after in actions if _counts(track, action, after)}
    if not fired:
        return None
    name = max(fired, key=lambda name: (fired[name].at, name))
    fields = {part: field for part, told in places.items() for action, _, field in told if action == name}
    data = fired[name].data
    said = {part: data[field] for part, field in fields.items() if data.get(field) not in (None, "")}
    return Price(fired[name].at, said, fields)


def _counts(track: Track, action: str, after: str) -> bool:
    said, then = track.fired.get(action), track.fired.get(after)
    return said is not None and (not after or then is not None and then.at >= said.at)
