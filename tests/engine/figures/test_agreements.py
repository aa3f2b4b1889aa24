"""Agreements are counted once a round, with their value by currency; what only prepares another stands apart."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casework.engine.figures.agreements import agreements
from tests.engine.figures.pieces import Told, counts, line, world


def signed(number: str, kind: str, *actions: str, value: tuple[str, str] | None = None, **more: Any) -> Told:
    data: dict[str, Any] = {"kind": kind, **more}
    if value:
        data["contract_value"] = {"amount": value[0], "currency": value[1]}
    told = Told(number).track("a", "agreement")
    for day, name in enumerate(actions or ("sign_local",)):
        told.fire(name, day, on="a", data=data)
    return told


@pytest.mark.parametrize(
    ("actions", "rounds"),
    [
        (("propose",), 0),
        (("sign_local",), 1),
        (("sign_cross", "end"), 1),
        # It waits for its licence: signed already, and once.
        (("sign_to_licence",), 1),
        (("sign_to_licence", "licence_issued"), 1),
        # Given up before it took effect: none.
        (("sign_to_licence", "redraft"), 0),
        (("sign_to_licence", "refused_by_authority"), 0),
        (("sign_to_licence", "redraft", "sign_local"), 1),
        # What follows a letter of intent is a round of its own, also where its draft comes back.
        (("sign_local", "follow", "redraft", "sign_local"), 2),
    ],
)
def test_an_agreement_is_one_a_round(actions: tuple[str, ...], rounds: int) -> None:
    assert line(agreements(world(signed("1", "purchase", *actions))), what="signed").numerator == rounds


def test_values_are_by_currency_and_what_prepares_stands_apart() -> None:
    told = [
        signed("1", "purchase", value=("10.50", "CNY")),
        signed("2", "patent_licence", value=("5", "EUR"), technology_value={"amount": "4", "currency": "EUR"}),
        signed("3", "nda"),
        signed("4", "joint_venture", contribution="none", value=("7", "CNY")),
    ]
    figure = agreements(world(*told))
    assert line(figure, what="signed").money == {"CNY": Decimal("17.50"), "EUR": Decimal(5)}
    assert counts(figure, what="signed") == (3, 3)
    assert counts(figure, what="signed", kind="nda") == (1, 4)
    assert counts(figure, what="signed", kind="purchase") == (1, 3)
    # Goods, and money alone, are no technology contracts.
    assert line(figure, what="technology_contracts").cases == ("2",)
    assert line(figure, what="technology_contracts", of="technology_value").money == {"EUR": Decimal(4)}


def test_technology_contracts_are_of_the_month_on_whose_day_they_were_signed() -> None:
    def contract(number: str, day: float, **more: Any) -> Told:
        data = {
            "kind": "patent_licence",
            "contract_value": {"amount": number, "currency": "CNY"},
            "technology_value": {"amount": "1", "currency": "CNY"},
        }
        return Told(number).track("a", "agreement").fire("sign_local", day, on="a", data=data, **more)

    bought = Told("9").track("a", "agreement").fire("sign_local", 2, on="a", data={"kind": "purchase"})
    figure = agreements(
        world(contract("10", 1), contract("20", 40, happened_on="2026-01-31"), contract("30", 40), bought)
    )
    january = line(figure, what="technology_contracts", month="2026-01")
    assert (january.numerator, january.denominator, january.money) == (2, 3, {"CNY": Decimal(30)})
    february = line(figure, what="technology_contracts", of="technology_value", month="2026-02")
    assert (february.numerator, february.denominator, february.money) == (1, 1, {"CNY": Decimal(1)})
    assert counts(figure, what="technology_contracts") == (3, 4)


@pytest.mark.parametrize(
    ("since", "registered", "day", "counts_as"),
    [
        # The 60th day is in time, the one after it is late; what runs still is not known yet.
        ({"effective_on": "2026-01-10"}, "2026-03-11", 100, (1, 1)),
        ({"effective_on": "2026-01-10"}, "2026-03-12", 100, (0, 1)),
        ({"effective_on": "2026-01-10"}, None, 65, (0, 0)),
        ({"effective_on": "2026-01-10"}, None, 66, (0, 1)),
        # A running royalty is counted from its first base.
        ({"effective_on": "2026-01-10", "first_base_on": "2026-06-01"}, "2026-07-31", 300, (1, 1)),
        ({"effective_on": "2026-01-10", "first_base_on": "2026-06-01"}, None, 100, (0, 0)),
        ({}, "2026-03-11", 100, (0, 0)),
    ],
)
def test_what_crosses_a_border_is_registered_within_60_days(
    since: dict[str, Any], registered: str | None, day: float, counts_as: tuple[int, int]
) -> None:
    told = signed("1", "patent_licence", "sign_cross", **since)
    if registered is not None:
        told.task("t", "contract_registration", 50, track="a", result={"registered_on": registered})
    here = signed("2", "patent_licence", "sign_local", **since)
    licensed = signed("3", "patent_licence", "sign_to_licence", "licence_issued", **since)
    figure = agreements(world(told, here, licensed, signed("4", "nda", "sign_cross", **since), day=day))
    assert counts(figure, what="registered_in_time") == counts_as
    assert line(figure, what="under_licence").cases == ("3",)


def test_each_round_has_a_registration_of_its_own() -> None:
    told = signed("1", "patent_licence", "sign_cross", effective_on="2026-01-06")
    told.task("t", "contract_registration", 20, track="a", result={"registered_on": "2026-01-20"})
    told.fire("sign_cross", 30, on="a", data={"kind": "patent_licence", "effective_on": "2026-02-04"})
    assert counts(agreements(world(told)), what="registered_in_time") == (1, 2)


@pytest.mark.parametrize(
    ("said", "there"),
    [((), False), (("none",), False), (("wipo_mediation",), True), (("wipo_mediation", "none"), False)],
)
def test_a_clause_on_disputes_is_what_was_said_last(said: tuple[str, ...], there: bool) -> None:
    told = signed("1", "purchase")
    for n, clause in enumerate(said):
        told.task(str(n), "dispute_clause_check", 10 + n, result={"clause": clause})
    assert counts(agreements(world(told)), what="with_dispute_clause") == (there, 1)
