"""An IP right as its log tells it: what it is, what its fields say, and what lies on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework.engine.case_objects.encumbrances import CONFIRMED, RECORDED, encumbrances
from casework.engine.state.events import RegisterEvent
from casework.json_values import Answers

#: What a right's register, or the contract, says of it.
FIELDS = ("office", "number", "owner", "in_force", "expires_on", "fee_paid_to", "checked_on")
#: Words of whoever looked a right up: where, and why the record says something else now.
SOURCE, REASON = "source", "reason"


def said(event: RegisterEvent) -> dict[str, Any]:
    """What an event says of the fields of a right; a value that was erased is the ledger's `ERASED`."""
    fields = {name: value for name, value in event.body.items() if name in FIELDS}
    return fields | ({"checked_on": event.effects["checked_on"]} if "checked_on" in event.effects else {})


def changes(before: Mapping[str, Any], event: RegisterEvent) -> Answers:
    """By field what an event makes it say that stood otherwise before."""
    return {name: value for name, value in said(event).items() if before.get(name) != value}


def fold(events: Iterable[RegisterEvent]) -> dict[str, Any]:
    """The columns of a right after these events: of each field what was said last, erased or not."""
    told = list(events)
    right: dict[str, Any] = {}
    for event in told:
        if event.kind == RECORDED:
            recorded = event.effects["right"]
            right |= {
                "kind": recorded["kind"],
                "technology_id": recorded["technology"],
                "confirmed": recorded["confirmed"],
            } | said(event)
        elif event.kind == CONFIRMED:
            right |= said(event) | {"confirmed": True}
    return right | {"encumbrances": encumbrances(told)}
