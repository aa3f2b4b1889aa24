"""What a workflow tells of its money and its price is asked for, in the type that it needs."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from casework.definitions import load_library
from casework.engine.definition.editions import Edition
from casework.engine.definition.money_faults import asks, money_faults, price_faults
from casework.engine.parts import MAIN


def edition(**told: dict[str, str]) -> Edition:
    """An action that asks for an amount, a form of price and a day, and in the body alone for another day."""
    asked = [
        {"name": "value", "type": "money", "fact": True},
        {"name": "form", "type": "choice", "fact": True},
        {"name": "on", "type": "date", "fact": True},
        {"name": "about", "type": "date", "fact": False},
    ]
    made = SimpleNamespace(
        money=told.get("money", {}),
        price=told.get("price", {}),
        transitions=[SimpleNamespace(name="sign", form="Signing")],
        tasks={"pay": SimpleNamespace(name="pay", form="Signing")},
        rules={"forms": {"Signing": asked}},
        has=lambda node: node == "signed",
    )
    return cast(Edition, made)


@pytest.mark.parametrize(
    ("money", "wrong"),
    [
        ({"paid": "sign.value", "repaid_on": "pay.on"}, 0),
        ({"paid": "sign.value|pay.value"}, 0),
        ({"promised": "sign.value"}, 1),
        ({"paid": "sign.value", "paid_on": "sign.on"}, 0),
        ({"paid": "sign.on"}, 1),
        ({"paid": "sign.value", "paid_on": "sign.value"}, 1),
        ({"repaid_on": "sign.about"}, 1),
        ({"paid": "sign.value|nobody.value"}, 1),
    ],
)
def test_money_is_told_in_a_field_for_it(money: dict[str, str], wrong: int) -> None:
    assert [fault.kind for fault in money_faults(edition(money=money))] == ["unknown_money"] * wrong


@pytest.mark.parametrize(
    ("price", "wrong"),
    [
        ({"contract_value": "sign.value", "form": "sign.form"}, 0),
        ({"gift": "sign.form"}, 1),
        ({"contract_value": "sign.form"}, 1),
        ({"form": "sign.value"}, 1),
        ({"contract_value": "sign.value|nobody.value"}, 1),
    ],
)
def test_a_price_is_told_in_fields_for_it(price: dict[str, str], wrong: int) -> None:
    assert [fault.kind for fault in price_faults(edition(price=price))] == ["unknown_price"] * wrong


def test_a_day_of_the_body_alone_is_no_fact() -> None:
    assert asks(edition(), "Signing", "on", "date")
    assert not asks(edition(), "Signing", "about", "date")
    assert not asks(edition(), None, "on", "date")


def test_the_workflows_that_are_published_tell_nothing_unasked() -> None:
    published = load_library().playing(MAIN)
    assert published is not None
    assert not [*money_faults(published), *price_faults(published)]
