"""Where a row of a table says otherwise than the record."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from casework.operations.catalogue.table_rights import as_typed, burden_differs, right_differs, same
from casework.operations.catalogue.table_schemas import RightRow

STANDS = {
    "licence": "sole", "territories": ["CN", "DE"], "fields": ["water"], "until": "2030-01-01", "number": "Y 1",
    "amount": {"amount": "1000.00", "currency": "CNY"},
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "stands", "said", "alike"),
    [
        ("share", Decimal("60.0"), "60", True),
        ("share", Decimal("60.5"), "60", False),
        ("number", "ZL 2021 1", "zl20211", True),
        ("office", "CN", "国家知识产权局", True),
        ("office", "EPO", "epo", True),
        ("office", "CN", "EPO", False),
        ("filed_on", date(2021, 1, 4), "2021-01-04", True),
        ("status", None, "in_force", False),
        ("territories", ["CN", "DE"], ["DE", "CN"], True),
        ("territories", [], ["CN"], False),
        ("amount", {"amount": "1000", "currency": "CNY"}, {"amount": "1000.00", "currency": "CNY"}, True),
        ("amount", {"amount": "1000", "currency": "CNY"}, {"amount": "1000", "currency": "USD"}, False),
        ("amount", None, {"amount": "1000", "currency": "CNY"}, False),
    ],
)
def test_a_value_is_the_same_however_it_is_written(name: str, stands: Any, said: Any, alike: bool) -> None:
    assert same(name, stands, said) is alike
    assert as_typed(stands) == (stands.isoformat() if isinstance(stands, date) else stands)


@pytest.mark.parametrize(
    ("said", "number", "columns"),
    [
        ({}, None, []),
        (STANDS | {"territories": ["DE", "CN"]}, "y1", []),
        ({"licence": "exclusive"}, None, ["licence"]),
        ({"territories": ["CN"], "fields": ["energy"]}, None, ["territories", "uses"]),
        ({"until": "2031-01-01"}, "Y 2", ["ends_on", "encumbrance_number"]),
        ({"amount": {"amount": "1000.01", "currency": "CNY"}}, None, ["amount"]),
    ],
)
def test_an_encumbrance_that_says_otherwise_is_named_by_its_columns(
    said: dict[str, Any], number: str | None, columns: list[str]
) -> None:
    assert burden_differs(STANDS, said, number) == columns


@pytest.mark.parametrize("stands", [True, None])
@pytest.mark.parametrize("said", [True, False, None])
def test_a_row_says_of_sublicences_otherwise_only_where_it_says_something(
    stands: bool | None, said: bool | None
) -> None:
    record: dict[str, Any] = STANDS | ({"sublicence": True} if stands else {})
    differs = said is not None and said is not (stands is True)
    assert burden_differs(record, {"sublicence": said}, None) == (["sublicence"] if differs else [])


def test_a_right_that_says_otherwise_is_named_by_its_columns() -> None:
    owners = [{"organisation": "a", "share": "60"}]
    of_right = {"kind": "invention", "status": "in_force", "technologies": ["t"], "owners": owners}
    stands: Any = SimpleNamespace(**of_right, expired_at=None)
    row = RightRow(kind="invention", number="1")

    def columns(said: dict[str, Any], technologies: list[str], theirs: list[dict[str, Any]]) -> list[str]:
        return [name for name, _ in right_differs(stands, row, said, technologies, theirs)]

    assert columns({"status": "in_force"}, ["t"], owners) == []
    assert columns({"status": "lapsed"}, [], []) == ["status"]
    assert columns({}, ["other"], [{"organisation": "a", "share": "40"}]) == ["technologies", "owners"]
    stands.expired_at = "2026-03-16T09:00:00Z"
    assert columns({"status": "lapsed"}, ["t"], owners) == ["row", "status"]
