"""An amount is no finer than its currency, and not below nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework import reasons
from casework.engine.definition.amounts import amount_fault, decimals_of, money_fault


@pytest.mark.parametrize(
    ("amount", "currency", "fits"),
    [
        ("2500000.55", "CNY", True),
        ("2500000.555", "CNY", False),
        ("2500000.5500", "CNY", True),
        ("100", "JPY", True),
        ("100.0", "JPY", True),
        ("100.5", "JPY", False),
        ("1.234", "KWD", True),
        ("1.2345", "KWD", False),
        ("-1", "CNY", False),
    ],
)
def test_an_amount_is_no_finer_than_its_currency(amount: str, currency: str, fits: bool) -> None:
    assert (amount_fault({"amount": amount, "currency": currency}) is None) is fits


def test_what_is_too_fine_is_told_with_the_currency() -> None:
    why = amount_fault({"amount": "0.005", "currency": "EUR"})
    assert why == reasons.fields.TOO_MANY_DECIMALS(currency="EUR", most=2)


@given(st.integers(0, 10**15 - 1), st.sampled_from(["CNY", "JPY", "KWD"]))
def test_whatever_is_counted_in_the_smallest_coin_fits(coins: int, currency: str) -> None:
    amount = Decimal(coins).scaleb(-decimals_of(currency))
    assert amount_fault({"amount": format(amount, "f"), "currency": currency}) is None


@pytest.mark.parametrize(
    "value",
    [None, "5", 5, {}, {"amount": "5"}, {"amount": "5", "currency": "yuan"}, {"amount": "x", "currency": "CNY"}],
)
def test_what_is_no_money_is_refused(value: Any) -> None:
    assert money_fault(value) is not None
    assert money_fault({"amount": "5", "currency": "CNY"}) is None
