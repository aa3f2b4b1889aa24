"""Kinds of IP rights: which facts of each are needed and which may be given, when it stands, and what may be done with it.

One table says it for forms, imports, checks of a record and the guards of the workflows. What the law says of each stands in
docs/explanation/law.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

#: What is asked of any kind: whose it is as the register or the contract says it, and what it belongs together with.
_ANY = ("owner", "family")
_REGISTERED = ("office", "application_number", "number", "filed_on", "granted_on", "status", "expires_on")
_FEE = ("fee_paid_to",)


@dataclass(frozen=True)
class KindOfRight:
    """What a record of one kind holds, and what that means."""

    #: Facts that it may hold, and those without which nobody can stand for it.
    fields: tuple[str, ...]
    needed: tuple[str, ...]
    #: What its status may be, and in which of them it can carry a deal.
    statuses: tuple[str, ...]
    stands: tuple[str, ...]
    #: Somebody pays to keep it in force: a day is needed up to which that is done.
    fees: bool = False
    #: A pledge of it can be registered.
    pledged: bool = False
    #: What is assigned of it passes with its entry in a register; None: where the record names an office that keeps one.
    entered: bool | None = True


_GRANTED = ("in_force", "lapsed", "expired", "invalid")


def _patent(*more: str) -> KindOfRight:
    return KindOfRight(
        fields=(*_ANY, *_REGISTERED, *_FEE, *more),
        needed=("office", "number", "owner", "status"),
        statuses=_GRANTED,
        stands=("in_force",),
        fees=True,
        pledged=True,
    )


_SECRET = KindOfRight(
    fields=(*_ANY, "status"), needed=("owner",), statuses=("kept", "disclosed"), stands=("kept",), entered=False
)

KINDS: Mapping[str, KindOfRight] = {
    "invention": _patent("twin"),
    "utility_model": _patent("twin"),
    "design": _patent(),
    # Registration is a choice: copyright is there without it, and passes without it.
    "software": KindOfRight(
        fields=(*_ANY, *_REGISTERED),
        needed=("owner",),
        statuses=_GRANTED,
        stands=("in_force",),
        pledged=True,
        entered=False,
    ),
    "know_how": _SECRET,
    "trade_secret": _SECRET,
    "plant_variety": KindOfRight(
        fields=(*_ANY, *_REGISTERED, *_FEE),
        needed=("office", "number", "owner", "status"),
        statuses=_GRANTED,
        stands=("in_force",),
        pledged=True,
    ),
    # It has no grant yet: it may be licensed and assigned, and no pledge of it is registered.
    "application": KindOfRight(
        fields=(*_ANY, "office", "application_number", "filed_on", "status", *_FEE, "twin"),
        needed=("office", "application_number", "owner", "status"),
        statuses=("pending", "refused", "withdrawn"),
        stands=("pending",),
    ),
    "other": KindOfRight(
        fields=(*_ANY, *_REGISTERED, *_FEE),
        needed=("owner", "status"),
        statuses=_GRANTED,
        stands=("in_force",),
        entered=None,
    ),
}
#: All that a right's status may be.
STATUSES = tuple(dict.fromkeys(status for kind in KINDS.values() for status in kind.statuses))


def kinds_with(field: str) -> tuple[str, ...]:
    """The kinds of which a fact may be recorded."""
    return tuple(name for name, kind in KINDS.items() if field in kind.fields)


def missing(kind: str, fields: Mapping[str, Any]) -> list[str]:
    """Facts that are needed before a person can stand for the record; owners on record say whose it is, too."""
    return [
        name
        for name in KINDS[kind].needed
        if fields.get(name) in (None, "") and not (name == "owner" and fields.get("owners"))
    ]


def out_of_place(kind: str, fields: Mapping[str, Any]) -> list[str]:
    """Facts that such a right does not have."""
    return [name for name, value in fields.items() if value not in (None, "") and name not in KINDS[kind].fields]


def stands(right: Mapping[str, Any], today: str) -> bool:
    """Whether a right is on record as one that can carry a deal on that day.

    Know-how has no grant that could end: it stands until it is on record as disclosed.
    """
    kind = KINDS.get(str(right.get("kind")))
    if kind is None:
        return False
    status, ends = right.get("status"), right.get("expires_on")
    known = status in kind.stands or (status is None and "status" not in kind.needed)
    return known and (ends is None or ends >= today)


def has_ended(right: Mapping[str, Any], today: str) -> bool:
    """Whether a right is on record as one of which nothing is left to give: its last day has passed, or its status says so."""
    kind = KINDS.get(str(right.get("kind")))
    status, ends = right.get("status"), right.get("expires_on")
    return (kind is not None and status is not None and status not in kind.stands) or (
        ends is not None and ends < today
    )


def has_fees(right: Mapping[str, Any]) -> bool:
    """Whether fees are due for a right of its kind."""
    kind = KINDS.get(str(right.get("kind")))
    return kind is not None and kind.fees


def fees_paid(right: Mapping[str, Any], today: str) -> bool:
    """Whether nobody owes a fee for it on that day: where the kind has fees the record says so."""
    kind, paid_to = KINDS.get(str(right.get("kind"))), right.get("fee_paid_to")
    if kind is None:
        return False
    return not kind.fees if paid_to is None else paid_to >= today


def may_be_pledged(right: Mapping[str, Any]) -> bool:
    """Whether a pledge of such a right can be registered."""
    kind = KINDS.get(str(right.get("kind")))
    return kind is not None and kind.pledged


def passes_by_contract(right: Mapping[str, Any]) -> bool:
    """Whether what is assigned of such a right passes as it is agreed: no register has it, or its entry there is a choice."""
    kind = KINDS.get(str(right.get("kind")))
    if kind is None:
        return False
    return not kind.entered and (kind.entered is False or not (right.get("office") or "").strip())
