"""What a signed agreement says of its price, in words on the page of its case."""

from __future__ import annotations

from flask import Flask

from casework.operations.cases.contracts import MoneyView, PriceOfCase
from casework.web.cases.price import say_prices


def price(**more: object) -> PriceOfCase:
    given = {
        "track": "t",
        "at": "2026-03-02T01:00:00Z",
        "signed_on": "2026-03-01",
        "kind": "patent_licence",
        "form": "fixed",
        "contribution": None,
        "contract_value": MoneyView(amount="2600000.00", currency="CNY"),
        "technology_value": MoneyView(amount="1900000.00", currency="CNY"),
        "none": None,
        "fields": {"kind": "kind", "form": "price_form"},
    } | more
    return PriceOfCase(**given)  # type: ignore[arg-type]  # the values of the table above


def test_value_technology_and_form_are_said(app: Flask) -> None:
    with app.test_request_context():
        (told,) = say_prices([price()])
    assert told.title == "Patent licence"
    assert told.lines == (
        ("Contract value", "CNY 2,600,000"),
        ("Of which technology", "CNY 1,900,000"),
        ("Form of the price", "Fixed sum"),
    )


def test_why_there_is_none_is_said_instead(app: Flask) -> None:
    none = {"contract_value": None, "technology_value": None, "none": ("no_value", "royalty"), "form": "royalty"}
    with app.test_request_context():
        (told,) = say_prices([price(**none)])
    assert told.lines == (
        ("Contract value", "none: Only royalties: no sum can be told yet"),
        ("Form of the price", "Royalty only"),
    )
