"""Rows of tables: what each column may hold, and that what is wrong is told by its column."""

from __future__ import annotations

from typing import Any

import pytest

from casework.operations.catalogue.import_faults import Faults
from casework.operations.catalogue.table_schemas import OF_CONTACT, OF_OWNER, OrganisationRow, RightRow, parse_row


def right(**said: Any) -> tuple[RightRow | None, Faults]:
    row, faults = parse_row("rights", {"kind": "invention", "number": "1", **said})
    assert row is None or isinstance(row, RightRow)
    return row, faults


@pytest.mark.parametrize(
    ("said", "owners"),
    [
        ("Heat Works 60%; City University 40%", [("Heat Works", "60"), ("City University", "40")]),
        ("北京热力厂 60％；清华大学 40％", [("北京热力厂", "60"), ("清华大学", "40")]),
        # A name may end with a number.
        ("Factory 798; Other", [("Factory 798", None), ("Other", None)]),
        (" ; Heat Works ;", [("Heat Works", None)]),
    ],
)
def test_owners_are_told_with_their_shares(said: str, owners: list[tuple[str, str | None]]) -> None:
    row, faults = right(owners=said)
    assert faults == []
    assert row is not None
    assert row.owners == owners


@pytest.mark.parametrize(
    ("said", "column"),
    [
        ({"owners": "60%"}, "owners"),
        ({"owners": "; ".join(f"Works {n} AG" for n in range(51))}, "owners"),
        ({"amount": "3", "encumbrance": "pledge"}, "amount_currency"),
        ({"amount_currency": "CNY", "encumbrance": "pledge"}, "amount"),
        ({"amount": "1000.005", "amount_currency": "CNY", "encumbrance": "pledge"}, "amount"),
        ({"amount": "1000.5", "amount_currency": "JPY", "encumbrance": "pledge"}, "amount"),
        ({"amount": "1000.0001", "amount_currency": "KWD", "encumbrance": "pledge"}, "amount"),
        ({"amount": "0", "amount_currency": "CNY", "encumbrance": "pledge"}, "amount"),
        ({"amount": "-5", "amount_currency": "CNY", "encumbrance": "pledge"}, "amount"),
        ({"holder": "A bank"}, "encumbrance"),
        ({"encumbrance": "mortgage"}, "encumbrance"),
        ({"licence": "total", "encumbrance": "licence"}, "licence"),
        ({"kind": "know_how", "number": None}, "number"),
        ({"kind": "know_how"}, "number"),
        ({"status": "pending"}, "status"),
        ({"fee_paid_to": "5/6/2027"}, "fee_paid_to"),
    ],
)
def test_what_a_right_cannot_say_is_told_by_its_column(said: dict[str, Any], column: str) -> None:
    row, faults = right(**said)
    assert row is None
    assert [name for name, _ in faults] == [column]


@pytest.mark.parametrize(
    ("typed", "currency", "recorded"),
    [
        ("1000.5", "CNY", "1000.50"),
        ("1000", "JPY", "1000"),
        ("1000.00", "JPY", "1000"),
        ("1000.001", "KWD", "1000.001"),
        ("0.01", "EUR", "0.01"),
    ],
)
def test_what_is_secured_is_recorded_to_the_last_decimal(typed: str, currency: str, recorded: str) -> None:
    row, faults = right(encumbrance="pledge", amount=typed, amount_currency=currency)
    assert faults == []
    assert row is not None
    assert row.burden()["amount"] == {"amount": recorded, "currency": currency}


def test_an_encumbrance_is_said_as_records_say_it() -> None:
    row, _ = right(encumbrance="Pledge", begins_on="2025-02-03", amount="3,000,000", amount_currency="cny")
    assert row is not None
    burden = row.burden()
    assert (burden["kind"], burden["from"], burden["until"]) == ("pledge", "2025-02-03", None)
    assert burden["amount"] == {"amount": "3000000.00", "currency": "CNY"}


def test_a_contact_and_an_owner_stand_in_columns_of_their_own() -> None:
    row, faults = parse_row(
        "organisations", {"name": "A", "contact_name": "Li Na", "owner_name": "Fund", "owner_share": "30 %"}
    )
    assert faults == []
    assert isinstance(row, OrganisationRow)
    assert row.row_of("contact", OF_CONTACT) == {"name": "Li Na"}
    assert row.row_of("owner", OF_OWNER) == {"name": "Fund", "share": "30"}
    for said in ({"contact_email": "li@example.org"}, {"owner_share": "30"}):
        _, faults = parse_row("organisations", {"name": "A", **said})
        assert [name for name, _ in faults] == [f"{next(iter(said)).partition('_')[0]}_name"]
