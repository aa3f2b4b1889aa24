"""Contract values are summed by key and currency: nothing is lost, nothing counts twice, and no two currencies are added."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.analysis.contract_sums import ENDED, IN_EFFECT, Money, Sum, is_technology_contract, standing, sums

MILESTONES = {"in_force": frozenset({"in_force", "extended"})}


@dataclass(frozen=True)
class Deal:
    year: int
    value: Money | None
    technology: Money | None = None


MONEY = st.builds(Money, st.decimals(0, 10**9, places=2), st.sampled_from(["CNY", "USD", "EUR"]))
DEALS = st.lists(st.builds(Deal, st.integers(2024, 2026), st.none() | MONEY, st.none() | MONEY), max_size=30)


@given(DEALS)
def test_each_amount_is_in_the_one_sum_of_its_year_and_currency(deals: list[Deal]) -> None:
    told = sums(deals, lambda deal: deal.year)
    keys = [(year, total.currency) for year, total in told]
    assert keys == sorted(set(keys))
    for year, total in told:
        values = [deal.value for deal in deals if deal.year == year and deal.value]
        parts = [deal.technology for deal in deals if deal.year == year and deal.technology]
        assert total.agreements == sum(money.currency == total.currency for money in values)
        assert total.value == sum((m.amount for m in values if m.currency == total.currency), Decimal(0))
        assert total.technology == sum((m.amount for m in parts if m.currency == total.currency), Decimal(0))
    assert sum(total.agreements for _, total in told) == sum(deal.value is not None for deal in deals)


@given(DEALS)
def test_the_years_come_to_the_whole(deals: list[Deal]) -> None:
    years = sums(deals, lambda deal: deal.year)
    for _, whole in sums(deals, lambda deal: 0):
        mine = [total for _, total in years if total.currency == whole.currency]
        assert whole == Sum(
            whole.currency,
            sum(one.agreements for one in mine),
            sum((one.value for one in mine), Decimal(0)),
            sum((one.technology for one in mine), Decimal(0)),
        )


def test_nothing_comes_to_nothing() -> None:
    assert sums([], lambda deal: 0) == []
    assert sums([Deal(2026, None)], lambda deal: deal.year) == []


@pytest.mark.parametrize(
    ("kind", "contribution", "counts"),
    [
        ("development", None, True),
        ("technical_service", None, True),
        ("patent_licence", None, True),
        ("know_how_licence", None, True),
        ("assignment", None, True),
        ("joint_venture", "assigned", True),
        ("joint_venture", "plain", True),
        ("joint_venture", "none", False),
        ("joint_venture", None, False),
        ("purchase", None, False),
        ("loi", None, False),
        ("nda", None, False),
        (None, None, False),
    ],
)
def test_goods_letters_and_money_alone_are_no_technology_contracts(
    kind: str | None, contribution: str | None, counts: bool
) -> None:
    assert is_technology_contract(kind, contribution) is counts


@pytest.mark.parametrize(
    ("states", "ended", "stands"),
    [
        (["in_force"], False, IN_EFFECT),
        (["extended"], False, IN_EFFECT),
        # What comes after a letter of intent is being drafted, and neither stands.
        (["drafting"], False, None),
        (["licence_due"], False, None),
        (["ended"], True, ENDED),
        ([], True, ENDED),
    ],
)
def test_what_is_in_effect_counts_and_what_has_ended_is_told_apart(
    states: list[str], ended: bool, stands: str | None
) -> None:
    assert standing(states, MILESTONES, ended=ended) == stands
    assert standing(states, {}, ended=ended) == (ENDED if ended else None)
