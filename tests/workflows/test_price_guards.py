"""Golden truth table of the price of an agreement."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.workflows.case_facts import facts
from workflows import price_guards


def cny(amount: int) -> dict[str, str]:
    return {"amount": f"{amount}.00", "currency": "CNY"}


def paid(*amounts: int) -> list[dict[str, Any]]:
    return [{"part": "other", "amount": cny(amount)} for amount in amounts]


USD = {"amount": "1.00", "currency": "USD"}


@pytest.mark.parametrize(
    ("data", "one_currency", "part", "sum"),
    [
        ({}, True, True, True),
        ({"contract_value": cny(100), "technology_value": cny(100)}, True, True, True),
        ({"contract_value": cny(100), "technology_value": cny(0)}, True, True, True),
        ({"contract_value": cny(100), "technology_value": cny(101)}, True, False, True),
        ({"contract_value": cny(0), "technology_value": cny(0)}, True, False, True),
        ({"contract_value": cny(100), "technology_value": USD}, False, True, True),
        ({"contract_value": cny(100), "price_form": "fixed", "payments": paid(40, 60)}, True, True, True),
        ({"contract_value": cny(100), "price_form": "fixed", "payments": paid(40, 50)}, True, True, False),
        ({"contract_value": cny(100), "price_form": "fixed", "payments": paid(40, 70)}, True, True, False),
        ({"contract_value": cny(100), "price_form": "entry_and_royalty", "payments": paid(40)}, True, True, True),
        ({"contract_value": cny(100), "price_form": "entry_and_royalty", "payments": paid(140)}, True, True, False),
        ({"price_form": "fixed", "payments": paid(40)}, True, True, True),
        ({"price_form": "fixed", "payments": [*paid(40), {"part": "final", "amount": USD}]}, False, True, True),
    ],
)
def test_the_amounts_fit_together(data: Mapping[str, Any], one_currency: bool, part: bool, sum: bool) -> None:
    now = facts(data=data)
    assert price_guards.price_has_one_currency.holds(now) is one_currency
    assert price_guards.technology_value_is_part.holds(now) is part
    assert price_guards.payments_make_the_value.holds(now) is sum
