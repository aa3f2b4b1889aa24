"""What an amount of money may be: of a currency, not below nothing, and no finer than the currency is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from casework import reasons
from casework.engine.definition.field_faults import reason_of
from casework.engine.definition.value_types import MoneyValue
from casework.reasons import Why

#: Decimals of the currencies that have other than two (ISO 4217).
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
_DECIMALS: Mapping[str, int] = dict.fromkeys(_NONE.split(), 0) | dict.fromkeys(_THREE.split(), 3)


def decimals_of(currency: str) -> int:
    """How many decimals an amount in a currency has at most."""
    return _DECIMALS.get(currency, 2)


def amount_fault(value: Mapping[str, str]) -> Why | None:
    """What is wrong with an amount in a currency."""
    amount, most = Decimal(value["amount"]), decimals_of(value["currency"])
    if amount < 0:
        return reasons.fields.NOT_NEGATIVE
    if amount != round(amount, most):
        return reasons.fields.TOO_MANY_DECIMALS(currency=value["currency"], most=most)
    return None


def money_fault(value: Any) -> Why | None:
    """The same of what may be no amount at all."""
    try:
        return amount_fault(MoneyValue.model_validate(value).model_dump())
    except ValidationError as bad:
        return reason_of(bad.errors()[0])
