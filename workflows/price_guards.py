"""What must hold of the price of an agreement: its amounts fit together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard


def _amounts(f: Facts) -> list[Mapping[str, str]]:
    parts = [row.get("amount") for row in f.data.get("payments") or ()]
    return [money for money in (f.data.get("contract_value"), f.data.get("technology_value"), *parts) if money]


@guard(
    rule="All amounts of the price are in one currency.",
    refusal="The amounts of the price are in more than one currency.",
)
def price_has_one_currency(f: Facts) -> bool:
    return len({money["currency"] for money in _amounts(f)}) <= 1


@guard(
    rule="The contract value is more than nothing, and the technology value is no more than it.",
    refusal="The contract value must be more than nothing, and the technology value no more than it.",
    at=("contract_value",),
)
def technology_value_is_part(f: Facts) -> bool:
    whole, part = f.data.get("contract_value"), f.data.get("technology_value")
    if whole is None:
        return True
    return Decimal(whole["amount"]) > 0 and (part is None or Decimal(part["amount"]) <= Decimal(whole["amount"]))


@guard(
    rule="The payments of a fixed price make the contract value; those before a royalty are no more than it.",
    refusal="The payments do not fit the contract value.",
    at=("payments", "contract_value"),
)
def payments_make_the_value(f: Facts) -> bool:
    whole = f.data.get("contract_value")
    if whole is None:
        return True
    paid = sum((Decimal(row["amount"]["amount"]) for row in f.data.get("payments") or ()), Decimal(0))
    return paid == Decimal(whole["amount"]) if f.data.get("price_form") == "fixed" else paid <= Decimal(whole["amount"])
