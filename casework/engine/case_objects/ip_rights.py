"""An IP right as its log tells it: what it is, what its fields say, and what lies on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from casework.engine.case_objects.encumbrances import (
    BELONGS,
    CONFIRMED,
    FEE_CHECKED,
    MERGED,
    RECORDED,
    TOOK_OVER,
    encumbrances,
)
from casework.engine.case_objects.record_expiry import BROUGHT_BACK, EXPIRED
from casework.engine.state.events import RegisterEvent
from casework.json_values import Answers

#: What a right's register, or the contract, says of it.
FIELDS = (
    "office", "application_number", "number", "owner", "filed_on", "granted_on", "status", "expires_on", "fee_paid_to",
    "family", "twin", "checked_on",
)  # fmt: skip
#: Words of whoever looked a right up: where, and why the record says something else now.
SOURCE, REASON = "source", "reason"


def said(event: RegisterEvent) -> dict[str, Any]:
    """What an event says of a right: its kind, its fields, what it belongs to; an erased value is the ledger's `ERASED`."""
    told = {name: value for name, value in event.body.items() if name in FIELDS}
    if event.kind == RECORDED:
        recorded = event.effects["right"]
        told |= {
            "kind": recorded["kind"],
            "technologies": recorded["technologies"],
            "owners": recorded.get("owners", []),
        }
    if "checked_on" in event.effects:
        told["checked_on"] = event.effects["checked_on"]
    if "right_kind" in event.effects:
        told["kind"] = event.effects["right_kind"]
    if "technologies" in event.effects:
        told["technologies"] = event.effects["technologies"]
    if "fee_paid_to" in event.effects:
        told["fee_paid_to"] = event.effects["fee_paid_to"]
    if "owners" in event.effects:
        told["owners"] = event.effects["owners"]
    return told


def changes(before: Mapping[str, Any], event: RegisterEvent) -> Answers:
    """By field what an event makes it say that stood otherwise before."""
    return {name: value for name, value in said(event).items() if before.get(name) != value}


def fold(events: Iterable[RegisterEvent]) -> dict[str, Any]:
    """The columns of a right after these events: of each field what was said last, erased or not."""
    told = list(events)
    right: dict[str, Any] = {"merged_into": None, "expired_at": None}
    for event in told:
        if event.kind == RECORDED:
            right |= said(event) | {"confirmed": event.effects["right"]["confirmed"], SOURCE: None}
        elif event.kind == CONFIRMED:
            right |= said(event) | {"confirmed": True}
        elif event.kind in (BELONGS, FEE_CHECKED, MERGED, TOOK_OVER):
            right |= said(event)
        if event.kind == MERGED:
            right["merged_into"] = event.effects["merger"]["kept"]
        if event.kind in (EXPIRED, BROUGHT_BACK):
            right["expired_at"] = event.at if event.kind == EXPIRED else None
        if event.effects.get("stands"):
            right["confirmed"] = True
        if SOURCE in event.body and event.kind in (RECORDED, CONFIRMED, TOOK_OVER):
            right[SOURCE] = event.body[SOURCE]
    return right | {"encumbrances": encumbrances(told)}
