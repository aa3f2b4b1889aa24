"""What lies on an IP right and came of no case here: which kinds there are, and what each must say."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from casework import reasons
from casework.engine.case_objects.countries import is_country
from casework.engine.case_objects.licence_conflicts import (
    ASSIGNMENT,
    EXCLUSIVE,
    LICENCE,
    OPEN_LICENCE,
    PLAIN,
    SEIZURE,
    SOLE,
    TRANSFER,
    WORLD,
)
from casework.engine.definition.amounts import money_fault
from casework.engine.state.right_values import Encumbrance
from casework.reasons import Why

PLEDGE, INVALIDATION = "pledge", "invalidation"
#: What decides of an encumbrance; its number is beside it.
FIELDS = ("kind", "holder", "licence", "territories", "fields", "from", "until", "amount", "sublicence")
#: Most characters of the number.
LONGEST = 100


@dataclass(frozen=True)
class KindOfBurden:
    """What an encumbrance of one kind may say beside its kind and its first day, and without what nobody can rely on it."""

    fields: tuple[str, ...]
    needed: tuple[str, ...] = ("from",)
    #: It may begin on a day that is to come.
    ahead: bool = False


KINDS: Mapping[str, KindOfBurden] = {
    PLEDGE: KindOfBurden(("holder", "until", "amount"), ("from", "holder")),
    LICENCE: KindOfBurden(
        ("holder", "licence", "territories", "fields", "until", "sublicence"), ("from", "holder", "licence"), ahead=True
    ),
    ASSIGNMENT: KindOfBurden(("holder",), ("from", "holder")),
    TRANSFER: KindOfBurden(("holder",), ("from", "holder")),
    # Of these the register may name nobody.
    INVALIDATION: KindOfBurden(("holder",)),
    SEIZURE: KindOfBurden(("holder", "until")),
    # Everybody's.
    OPEN_LICENCE: KindOfBurden(("until",)),
}
LICENCES = (EXCLUSIVE, SOLE, PLAIN)


def faults(values: Mapping[str, Any], today: str, uses: Collection[str]) -> dict[str, Why]:
    """What is wrong with what somebody says of an encumbrance, by field; `uses` are those that terms of cases can name.

    A territory or a use that no terms name would meet none of them, and bar nothing.
    """
    kind = KINDS.get(str(values.get("kind")))
    if kind is None:
        return {"kind": reasons.fields.ONE_OF(choices=tuple(KINDS))}
    said = {name: values[name] for name in FIELDS[1:] if values.get(name) not in (None, "", [], False)}
    found: dict[str, Why] = {
        name: reasons.catalogue.NOT_OF_BURDEN for name in said if name != "from" and name not in kind.fields
    }
    found |= {name: reasons.fields.REQUIRED for name in kind.needed if name not in said}
    found |= _beyond(said, uses)
    if "licence" in said and said["licence"] not in LICENCES:
        found["licence"] = reasons.fields.ONE_OF(choices=LICENCES)
    first, last = said.get("from"), said.get("until")
    if first and first > today and not kind.ahead:
        found["from"] = reasons.fields.NOT_IN_FUTURE
    if first and last and last < first:
        found["until"] = reasons.catalogue.ENDS_BEFORE_IT_BEGINS
    if "amount" in said and (why := secured_fault(said["amount"])) is not None:
        found["amount"] = why
    return found


def secured_fault(amount: Any) -> Why | None:
    """What is wrong with the amount that a pledge secures."""
    if (why := money_fault(amount)) is not None:
        return why
    return None if Decimal(amount["amount"]) else reasons.catalogue.NOTHING_SECURED


def _beyond(said: Mapping[str, Any], uses: Collection[str]) -> dict[str, Why]:
    """Territories and uses of which no terms know."""
    found: dict[str, Why] = {}
    nowhere = [str(code) for code in said.get("territories", ()) if code != WORLD and not is_country(str(code))]
    if nowhere:
        found["territories"] = reasons.catalogue.NO_TERRITORY(code=nowhere[0][:100])
    if not set(said.get("fields", ())) <= set(uses):
        found["fields"] = reasons.fields.SOME_OF(choices=tuple(sorted(uses)))
    return found


def burden_of(id: str, values: Mapping[str, Any]) -> Encumbrance:
    """An encumbrance as it is written down."""
    told: Encumbrance = {
        "id": id,
        "case": None,
        "kind": values["kind"],
        "holder": values.get("holder") or None,
        "licence": values.get("licence") or None,
        "territories": sorted(values.get("territories") or ()),
        "fields": sorted(values.get("fields") or ()),
        "from": values["from"],
        "until": values.get("until") or None,
        "to": None,
        "amount": values.get("amount") or None,
    }
    return {**told, "sublicence": True} if values.get("sublicence") else told


def from_outside(burdens: Iterable[Encumbrance], id: str) -> Encumbrance | None:
    """The encumbrance that stands and came of no case here; None where there is none."""
    return next((one for one in burdens if one["id"] == id and one["case"] is None and one["to"] is None), None)
