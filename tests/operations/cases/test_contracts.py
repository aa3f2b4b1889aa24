"""The sum of contract values: of agreements in effect that the reader sees, each by its last signing, with the rest told apart."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import Connection, Engine

from casework.operations.cases import contracts
from casework.operations.cases.contracts import ContractSums, SumView, sum_contracts
from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.views import CaseRow
from casework.operations.catalogue.importer import import_records
from casework.records.database import transaction
from tests.operations.cases.contracts_scene import LATER, action, add_agreement, signed
from tests.support.world import World
from workflows.border_guards import NO_TECHNOLOGY
from workflows.codes import AGREEMENTS

PAST = (
    "external_id,title,ended_on,outcome,contract_value,contract_currency\n"
    "P1,Boiler,2023-05-31,deployed_measured,1200000,CNY\n"
    "P2,Dryer,2023-12-31,no_agreement,,\n"
    "P3,Kiln,2023-12-31,deployed_measured,10,EUR\n"
)
EVERYBODY_OF_THE_OFFICE = ("officer", "supervisor", "compliance", "manager", "auditor")


def summed(rows: list[SumView]) -> list[tuple[int | str | None, str, int, str, str | None]]:
    return [
        (row.year or row.kind, row.currency, row.agreements, row.contract_value, row.technology_value) for row in rows
    ]


@pytest.fixture
def number(db: Connection, world: World) -> str:
    return world.open_case(db)


def told(db: Connection, world: World, who: str = "officer") -> ContractSums:
    return sum_contracts(db, world.actor(db, who))


def test_values_are_summed_by_currency_year_and_kind(db: Connection, world: World, number: str) -> None:
    technology = {"amount": "60.50", "currency": "CNY"}
    add_agreement(db, number, {"sign_local": action(**signed("100.25", kind="development"))})
    licence = signed("200", on="2025-12-31", kind="patent_licence", technology_value=technology)
    add_agreement(db, number, {"sign_cross": action(**licence)})
    add_agreement(db, number, {"sign_cross": action(**signed("7", currency="USD", kind="development"))})
    add_agreement(db, number, {"sign_local": action(**signed(None, kind="assignment"))})
    for who in EVERYBODY_OF_THE_OFFICE:
        found = told(db, world, who)
        assert (found.in_effect, found.without_value) == (4, 1)
        assert summed(found.totals) == [(None, "CNY", 2, "300.25", "60.50"), (None, "USD", 1, "7", "0")]
        assert summed(found.years) == [
            (2025, "CNY", 1, "200", "60.50"),
            (2026, "CNY", 1, "100.25", "0"),
            (2026, "USD", 1, "7", "0"),
        ]
        assert summed(found.kinds) == [
            ("development", "CNY", 1, "100.25", "0"),
            ("development", "USD", 1, "7", "0"),
            ("patent_licence", "CNY", 1, "200", "60.50"),
        ]
        (unvalued,) = found.unvalued
        assert (unvalued.number, unvalued.price.kind, unvalued.price.none) == (
            number,
            "assignment",
            ("no_price", "free"),
        )
        assert found.apart == []


@pytest.mark.parametrize(
    "said",
    [
        *({"kind": kind} for kind in AGREEMENTS if kind not in (*NO_TECHNOLOGY, "joint_venture")),
        {"kind": "joint_venture", "contribution": "assigned"},
        {"kind": "joint_venture", "contribution": "plain"},
    ],
)
def test_each_technology_contract_is_in_the_sum(
    db: Connection, world: World, number: str, said: dict[str, str]
) -> None:
    add_agreement(db, number, {"sign_local": action(**signed("3", **said))})
    found = told(db, world)
    assert (found.in_effect, summed(found.totals), found.apart) == (1, [(None, "CNY", 1, "3", "0")], [])
    assert summed(found.kinds) == [(said["kind"], "CNY", 1, "3", "0")]


@pytest.mark.parametrize(
    "said", [*({"kind": kind} for kind in NO_TECHNOLOGY), {"kind": "joint_venture", "contribution": "none"}]
)
def test_what_is_no_technology_contract_is_told_apart(
    db: Connection, world: World, number: str, said: dict[str, str]
) -> None:
    kind = said["kind"]
    add_agreement(db, number, {"sign_local": action(**signed("100", kind="development"))})
    add_agreement(db, number, {"sign_local": action(**signed("5", **said))})
    add_agreement(db, number, {"sign_local": action(**signed("2", currency="USD", **said))})
    add_agreement(db, number, {"sign_local": action(**signed(None, **said))})
    add_agreement(db, number, {"sign_local": action(**signed("8", **said))}, "ended")
    found = told(db, world)
    assert (found.in_effect, found.without_value, found.unvalued, found.ended) == (1, 0, [], [])
    for rows in (found.totals, found.years, found.kinds):
        assert [row.contract_value for row in rows] == ["100"]
    (apart,) = found.apart
    assert (apart.kind, apart.agreements, apart.without_value, apart.ended) == (kind, 3, 1, 1)
    assert summed(apart.sums) == [(None, "CNY", 1, "5", "0"), (None, "USD", 1, "2", "0")]


def test_what_is_not_in_effect_counts_in_no_sum(db: Connection, world: World, number: str) -> None:
    waits = {"sign_to_licence": action(**signed("1", kind="development"))}
    add_agreement(db, number, waits, "licence_awaited")
    add_agreement(db, number, {"sign_local": action(**signed("2", kind="development"))}, "ended")
    add_agreement(db, number, {"sign_local": action(**signed(None, kind="development"))}, "ended")
    add_agreement(db, number, {"sign_local": action(**signed("4", kind="development"))}, replaced=True)
    add_agreement(db, number, {"propose": action(kind="development")}, "drafting")
    # Of a letter of intent that another agreement is drafted in place of.
    add_agreement(db, number, {"sign_local": action(**signed("8", kind="loi"))}, "drafting")
    found = told(db, world)
    assert (found.in_effect, found.totals, found.years, found.kinds, found.unvalued) == (0, [], [], [], [])
    assert (summed(found.ended), found.ended_without_value) == ([(2026, "CNY", 1, "2", "0")], 1)
    # The licence gives it its day, and its value from then on.
    add_agreement(db, number, waits | {"licence_issued": action(LATER, issued_on="2026-03-09")})
    assert summed(told(db, world).totals) == [(None, "CNY", 1, "1", "0")]


def test_the_last_signing_alone_counts(db: Connection, world: World, number: str) -> None:
    first, last = action(**signed("5", kind="loi")), action(LATER, **signed("50", on="2026-03-08", kind="development"))
    add_agreement(db, number, {"sign_local": first, "sign_cross": last})
    assert summed(told(db, world).kinds) == [("development", "CNY", 1, "50", "0")]


def test_nobody_sums_what_they_do_not_see(db: Connection, world: World, number: str) -> None:
    add_agreement(db, number, {"sign_local": action(**signed("100", kind="development"))})
    for who in ("foreign_officer", "observer", "provider", "administrator", "dispute_officer"):
        found = told(db, world, who)
        assert (found.in_effect, found.totals, found.unvalued) == (0, [], [])
    home, other = (world.programmes[name] for name in ("BJ", "SH"))
    actor = world.actor(db, "officer")
    assert sum_contracts(db, actor, programme=home).in_effect == 1
    assert sum_contracts(db, actor, programme=other).in_effect == 0


def test_imported_projects_are_summed_apart(engine: Engine, world: World) -> None:
    import_records(engine, "past_projects", io.BytesIO(PAST.encode()), programme="BJ")
    with transaction(engine) as db:
        found = told(db, world, "auditor")
        assert (found.in_effect, found.totals) == (0, [])
        assert summed(found.imported) == [(2023, "CNY", 1, "1200000", None), (2023, "EUR", 1, "10", None)]
        assert found.imported_without_value == 1
        assert told(db, world, "provider").imported == []


def test_of_those_without_a_value_so_many_are_named(
    db: Connection, world: World, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contracts, "MOST_UNVALUED", 1)
    for _ in range(2):
        add_agreement(db, number, {"sign_local": action(**signed(None, kind="development"))})
    found = told(db, world)
    assert (found.without_value, len(found.unvalued)) == (2, 1)


def test_the_list_of_cases_tells_what_is_in_effect(db: Connection, world: World, number: str) -> None:
    add_agreement(db, number, {"sign_local": action(**signed("100"))})
    add_agreement(db, number, {"sign_local": action(**signed("3"))}, "ended")
    add_agreement(db, number, {"sign_cross": action(**signed("7", currency="USD"))})
    (row,) = list_cases(db, world.actor(db, "manager")).items
    assert isinstance(row, CaseRow)
    values = [
        price.contract_value and (price.contract_value.amount, price.contract_value.currency) for price in row.contracts
    ]
    assert values == [("100", "CNY"), ("7", "USD")]
    (outline,) = list_cases(db, world.actor(db, "observer")).items
    assert not hasattr(outline, "contracts")
