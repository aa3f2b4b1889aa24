"""Two records of one organisation made into one: what speaks against it, and what the one that stays has afterwards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework import reasons
from casework.engine.case_objects.organisations import PROVIDER, plain_number
from casework.engine.state.right_values import OwnerOfRight
from casework.reasons import Why

#: What the one that stays takes over where it says nothing.
FILLED = ("name_zh", "country", "register_number", "address", "size", "state_owned")


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What decides whether one organisation may be merged into another."""

    #: Their records by column.
    gone: Mapping[str, Any]
    kept: Mapping[str, Any]
    #: Somebody signs in for one of them, or a system of theirs does.
    accounts: bool = False
    #: The programme that does it does not keep both.
    elsewhere: bool = False
    #: Numbers of cases of which both are parties.
    cases: Sequence[str] = ()


def refusals(facts: Facts) -> list[Why]:
    """Why the one cannot be merged into the other; empty where it can."""
    gone, kept = facts.gone, facts.kept
    if gone["id"] == kept["id"]:
        return [reasons.catalogue.MERGE_WITH_ITSELF]
    found: list[Why] = []
    if gone["merged_into"] is not None or kept["merged_into"] is not None:
        found.append(reasons.catalogue.ORGANISATION_MERGED)
    elif kept["expired_at"] is not None:
        found.append(reasons.catalogue.MERGE_INTO_EXPIRED)
    if PROVIDER in (gone["kind"], kept["kind"]):
        found.append(reasons.catalogue.KEPT_BY_ADMINISTRATORS)
    if facts.accounts:
        found.append(reasons.catalogue.MERGE_HAS_ACCOUNTS)
    if facts.elsewhere:
        found.append(reasons.catalogue.MERGE_ACROSS_PROGRAMMES)
    if facts.cases:
        found.append(reasons.catalogue.MERGE_BOTH_PARTIES(cases=", ".join(facts.cases)))
    numbers = [plain_number(one["register_number"]) for one in (gone, kept) if one["register_number"]]
    if len(set(numbers)) == 2 and gone["country"] == kept["country"]:
        found.append(reasons.catalogue.MERGE_NUMBERS_DIFFER)
    return found


def filled(gone: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the one that stays takes over: what it does not say and the other does. A number goes with its country only.

    One that no programme keeps is not written to for one.
    """
    if kept["programme_id"] is None:
        return {}
    taken = {name: gone[name] for name in FILLED if kept[name] is None and gone[name] is not None}
    if kept["country"] is not None and kept["country"] != gone["country"]:
        taken.pop("register_number", None)
    return taken


def owners_after(owners: Sequence[OwnerOfRight], gone: str, kept: str) -> list[OwnerOfRight]:
    """The owners of a right once the one stands in the other's place; where both had shares they are added."""
    mine = [owner["share"] for owner in owners if owner["organisation"] in (gone, kept)]
    others: list[OwnerOfRight] = [owner for owner in owners if owner["organisation"] not in (gone, kept)]
    if not mine:
        return sorted(others, key=lambda owner: owner["organisation"])
    known = [Decimal(share) for share in mine if share is not None]
    share = _plain(sum(known, Decimal(0))) if len(known) == len(mine) else None
    return sorted([*others, {"organisation": kept, "share": share}], key=lambda owner: owner["organisation"])


def _plain(share: Decimal) -> str:
    return format(share.normalize(), "f")
