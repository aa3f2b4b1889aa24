"""Truth tables of the money of a service: nothing beyond what was approved goes out, nothing beyond what is owed comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casework.engine.definition.guard_facts import Facts, NotTold
from casework.engine.definition.sheets import NOTHING_KEPT
from casework.engine.execution.guard_refusals import holds as nothing_against
from casework.engine.state.case import Task
from tests.workflows.test_service_guards import NOW, done, facts
from workflows import money_guards as guards


def cny(amount: object, currency: str = "CNY") -> dict[str, str]:
    return {"amount": str(amount), "currency": currency}


def repaid(n: int, principal: object, **said: Any) -> Task:
    """A repayment, recorded so many hours before now."""
    return replace(
        done("repayment", {"principal": cny(principal)} | said), id=f"row-{n}", closed_at=NOW - timedelta(hours=n)
    )


def loan(data: Mapping[str, Any], *rows: Task, fired: Mapping[str, Mapping[str, Any]] | None = None) -> Facts:
    """A loan of a hundred that was paid out, and what came back of it."""
    return facts(data, fired={"paid_out": {"amount": cny(100)}} | dict(fired or {}), tasks=rows)


@pytest.mark.parametrize(
    ("approved", "paid", "holds"),
    [
        ({"bank_approved": cny(100)}, cny(100), True),
        ({"bank_approved": cny(100)}, cny(40), True),
        ({"bank_approved": cny(100)}, cny("100.01"), False),
        ({"bank_approved": cny(100)}, cny(100, "USD"), False),
        ({"approved": cny(100)}, cny(100), True),
        # The bank's word stands above the provider's.
        ({"approved": cny(100), "bank_approved": cny(80)}, cny(90), False),
        ({}, cny(1), False),
    ],
)
def test_nothing_beyond_what_was_approved_is_paid_out(
    approved: dict[str, Any], paid: dict[str, str], holds: bool
) -> None:
    fired = {name: {"amount": amount} for name, amount in approved.items()}
    assert guards.payment_is_within_approval.holds(facts({"amount": paid}, fired=fired)) is holds


@pytest.mark.parametrize(
    ("principal", "earlier", "holds"),
    [("100", (), True), ("100.01", (), False), ("40", ("60",), True), ("40.01", ("60",), False), ("0", ("100",), True)],
)
def test_nothing_beyond_what_is_owed_comes_back(principal: str, earlier: tuple[str, ...], holds: bool) -> None:
    rows = [repaid(n, amount) for n, amount in enumerate(earlier)]
    assert guards.repayment_is_within_balance.holds(loan({"principal": cny(principal)}, *rows)) is holds


def test_a_repayment_that_is_corrected_does_not_stand_in_its_own_way() -> None:
    row = repaid(1, "100")
    assert guards.repayment_is_within_balance.holds(replace(loan({"principal": cny(90)}, row), task=row))
    assert not guards.repayment_is_within_balance.holds(replace(loan({"principal": cny(101)}, row), task=row))


def test_what_was_said_to_be_paid_stays_paid() -> None:
    row = repaid(1, "100")
    for principal, holds in ((100, True), (99, False), (101, False)):
        now = replace(loan({"principal": cny(principal)}, row, fired={"repaid": {}}), task=row)
        assert guards.repayment_is_within_balance.holds(now) is holds


@pytest.mark.parametrize(
    ("said", "holds"),
    [
        ({"principal": cny(1)}, True),
        ({"principal": cny(1, "USD")}, False),
        ({"principal": cny(1), "interest": cny(1, "USD")}, False),
        ({"principal": cny(1), "interest": cny(1)}, True),
    ],
)
def test_a_repayment_is_in_the_currency_of_the_loan(said: dict[str, Any], holds: bool) -> None:
    assert guards.repayment_is_in_its_currency.holds(loan(said)) is holds


@pytest.mark.parametrize(
    ("rows", "holds"), [((), False), (("99.99",), False), (("60", "40"), True), (("60", "30"), False)]
)
def test_a_debt_is_paid_once_nothing_is_owed(rows: tuple[str, ...], holds: bool) -> None:
    now = loan({}, *(repaid(n, amount) for n, amount in enumerate(rows)))
    assert guards.debt_is_paid.holds(now) is holds
    assert guards.something_is_owed.holds(now) is not holds


@given(st.lists(st.decimals(min_value=0, max_value=100, places=2), max_size=5))
def test_a_debt_is_paid_exactly_when_one_more_cent_is_too_much(rows: list[Decimal]) -> None:
    """As long as each of them was let through."""
    kept: list[Task] = []
    for n, amount in enumerate(rows):
        if guards.repayment_is_within_balance.holds(loan({"principal": cny(amount)}, *kept)):
            kept.append(repaid(n, amount))
    paid = guards.debt_is_paid.holds(loan({}, *kept))
    assert paid is not guards.repayment_is_within_balance.holds(loan({"principal": cny("0.01")}, *kept))


@pytest.mark.parametrize(
    ("rows", "holds"),
    [
        ((), False),
        # Before it was missed, and after.
        ((repaid(30, "20"),), False),
        ((repaid(1, "20"),), True),
        ((repaid(1, "15", interest=cny(5)),), True),
        ((repaid(1, "15", interest=cny(4)),), False),
        ((repaid(1, "15"), repaid(2, "5")), True),
        ((repaid(1, "15", interest=cny(5, "USD")),), False),
    ],
)
def test_what_is_overdue_comes_in_after_it_was_missed(rows: tuple[Task, ...], holds: bool) -> None:
    assert guards.overdue_has_come_in.holds(loan({}, *rows, fired={"miss": {"amount": cny(20)}})) is holds


def test_what_nobody_missed_does_not_come_in() -> None:
    assert not guards.overdue_has_come_in.holds(loan({}, repaid(1, "20")))


def test_a_refused_approval_says_what_it_was_held_against_and_only_to_whoever_may_know() -> None:
    guard = guards.approval_fits_its_application
    now = facts({"amount": cny(2_600_000)}, fired={"apply": {"amount": cny("2400000.00")}})
    assert (guard.at, guard.because is not None) == (("amount",), True)
    assert guard.because is not None
    assert [str(why) for why in guard.because(now)] == ["What was applied for: CNY 2,400,000."]
    told_nothing = replace(now, kept=replace(NOTHING_KEPT, answers=frozenset({("apply", "amount")})))
    # It neither passes judgement nor says a word of the amount.
    assert nothing_against("approval_fits_its_application", told_nothing)
    with pytest.raises(NotTold):
        guard.because(told_nothing)


@pytest.mark.parametrize(
    ("wanted", "said", "holds"),
    [
        (cny(100), {"amount": cny(100)}, True),
        (cny(100), {"amount": cny(60)}, True),
        (cny(100), {"amount": cny("100.01")}, False),
        (cny(100), {"amount": cny(60, "USD")}, False),
        (cny(100), {"amount": cny(60, "USD"), "departs": False}, False),
        (cny(100), {"amount": cny(60, "USD"), "departs": True}, True),
        (cny(100), {"amount": cny(160), "departs": True}, True),
    ],
)
def test_an_approval_that_departs_from_the_application_says_so(
    wanted: dict[str, str], said: dict[str, Any], holds: bool
) -> None:
    assert guards.approval_fits_its_application.holds(facts(said, fired={"apply": {"amount": wanted}})) is holds


@pytest.mark.parametrize(
    ("said", "holds"),
    [({}, True), ({"rate": "15"}, True), ({"rate": "15.01"}, False), ({"rate": "34", "departs": True}, True)],
)
def test_interest_out_of_the_common_is_asked_about(said: dict[str, Any], holds: bool) -> None:
    assert guards.interest_is_usual.holds(facts(said)) is holds


@pytest.mark.parametrize(("on", "holds"), [("2026-03-09", False), ("2026-03-10", True), ("2026-03-11", True)])
def test_no_repayment_comes_before_the_loan_was_paid_out(on: str, holds: bool) -> None:
    paid = {"paid_out": {"amount": cny(100), "paid_on": "2026-03-10"}}
    assert guards.repayment_follows_the_payment.holds(facts({"paid_on": on}, fired=paid)) is holds


def agreed(days: int, principal: object, currency: str = "CNY") -> dict[str, Any]:
    """What is to come back on a day so many days from now."""
    return {"by": in_days(days), "principal": cny(principal, currency)}


def planned(
    plan: list[dict[str, Any]], came: tuple[str, ...], ends: int, *extended: int, step: int | None = None
) -> Facts:
    """A loan with agreed days that ends so many days from now, or was extended until then, in a step with a limit of its own."""
    rows = [repaid(n, amount) for n, amount in enumerate(came)]
    rows += [
        replace(
            done("extend_debt", {"until_on": in_days(days)}), id=f"longer-{n}", closed_at=NOW - timedelta(days=9 - n)
        )
        for n, days in enumerate(extended)
    ]
    limit = replace(
        done("repayment", {}), id="step", name="step", type="step", about=None, state="Ready", closed_at=None
    )
    rows.append(replace(limit, due_at=NOW + timedelta(days=ends if step is None else step)))
    paid = {"paid_out": {"amount": cny(100), "repayments": plan, "final_due_on": in_days(ends)}}
    return loan({}, *rows, fired=paid)


def in_days(days: int) -> str:
    return (NOW.date() + timedelta(days=days)).isoformat()


@pytest.mark.parametrize(
    ("plan", "came", "ends", "holds", "next_on"),
    [
        ([agreed(30, 40)], (), 90, False, "2026-04-15"),
        ([agreed(0, 40)], (), 90, False, "2026-03-16"),
        ([agreed(-1, 40)], (), 90, True, "2026-03-15"),
        # What came covers the days in their order, on whatever day it came: a part leaves the rest overdue.
        ([agreed(-1, 40)], ("39.99",), 90, True, "2026-03-15"),
        ([agreed(-1, 40)], ("40",), 90, False, "2026-06-14"),
        ([agreed(-1, 40)], ("30", "10"), 90, False, "2026-06-14"),
        ([agreed(-1, 60), agreed(-9, 40)], ("40",), 90, True, "2026-03-15"),
        ([agreed(-9, 40), agreed(-1, 60)], ("30",), 90, True, "2026-03-07"),
        ([agreed(-9, 40), agreed(30, 60)], ("40",), 90, False, "2026-04-15"),
        # What is agreed for no day, and all that is left, is owed on the last one.
        ([], (), -1, True, "2026-03-15"),
        ([], (), 90, False, "2026-06-14"),
        ([agreed(-9, 40)], ("40",), -1, True, "2026-03-15"),
        ([agreed(-9, 100)], ("100",), -1, False, None),
    ],
)
def test_a_repayment_is_missed_once_an_agreed_day_has_passed(
    plan: list[dict[str, Any]], came: tuple[str, ...], ends: int, holds: bool, next_on: str | None
) -> None:
    now = planned(plan, came, ends)
    assert guards.repayment_is_overdue.holds(now) is holds
    because = guards.repayment_is_overdue.because
    assert because is not None
    assert [str(why) for why in because(now)] == ([f"The next one is due on {next_on}."] if next_on else [])


@pytest.mark.parametrize(
    ("plan", "came", "ends", "holds"),
    [
        ([agreed(-1, 40)], ("39.99",), 90, False),
        ([agreed(-1, 40)], ("40",), 90, True),
        # Another day passed while the first was late.
        ([agreed(-30, 40), agreed(-1, 20)], ("40",), 90, False),
        ([agreed(-30, 40), agreed(-1, 20)], ("40", "20"), 90, True),
        # Today has not passed.
        ([agreed(-30, 40), agreed(0, 60)], ("40",), 0, True),
        # After the last day all is owed.
        ([agreed(-30, 40)], ("40",), -1, False),
        ([agreed(-30, 40)], ("40", "60"), -1, True),
    ],
)
def test_nothing_is_overdue_once_the_plan_is_met(
    plan: list[dict[str, Any]], came: tuple[str, ...], ends: int, holds: bool
) -> None:
    # The limit for settling what is overdue is nothing of the plan's.
    for step in (-5, 5):
        now = planned(plan, came, ends, step=step)
        assert guards.plan_is_met.holds(now) is holds
        assert guards.repayment_is_overdue.holds(now) is not holds


@pytest.mark.parametrize(("extended", "holds"), [((), False), ((30,), True), ((30, -1), False), ((-1, 30), True)])
def test_a_loan_that_was_extended_is_owed_on_its_new_last_day(extended: tuple[int, ...], holds: bool) -> None:
    assert guards.plan_is_met.holds(planned([agreed(-30, 40)], ("40",), -9, *extended)) is holds


def test_what_was_agreed_for_the_last_day_goes_with_it() -> None:
    plan = [agreed(-30, 40), agreed(-9, 60)]
    assert not guards.plan_is_met.holds(planned(plan, ("40",), -9))
    assert guards.plan_is_met.holds(planned(plan, ("40",), -9, 30))
    # What was agreed for a day before stays late.
    assert not guards.plan_is_met.holds(planned(plan, ("39",), -9, 30))
    assert not guards.plan_is_met.holds(planned(plan, ("40",), -9, -1))


@pytest.mark.parametrize(
    ("before", "now", "holds"),
    [(None, "10", True), ("80", "80", True), ("80", "100", True), ("80", "79.99", False), ("80", None, True)],
)
def test_a_sum_that_was_paid_does_not_fall(before: str | None, now: str | None, holds: bool) -> None:
    known = {"pay_part": {"amount": cny(before)}} if before else {}
    assert guards.sum_paid_does_not_fall.holds(facts({"amount": cny(now)} if now else {}, fired=known)) is holds


_AMOUNTS = st.decimals(min_value=0, max_value=100, places=2)


@given(st.lists(_AMOUNTS, max_size=5), _AMOUNTS, _AMOUNTS)
def test_what_comes_in_addition_never_makes_a_day_short(amounts: list[Decimal], came: Decimal, more: Decimal) -> None:
    plan = [(f"2026-01-{n:02}", amount) for n, amount in enumerate(amounts, 1)]
    short = guards.days_short(plan, came)
    assert set(guards.days_short(plan, came + more)) <= set(short)
    assert (short == []) is (sum(amounts) <= came)
    # Once a day is short, so is every later one.
    assert short == [day for day, _ in plan][len(plan) - len(short) :]


@pytest.mark.parametrize(
    ("plan", "holds"),
    [
        ([], True),
        ([agreed(30, 40), agreed(60, 60)], True),
        ([agreed(30, 40), agreed(60, "60.01")], False),
        ([agreed(30, 40, "USD")], False),
    ],
)
def test_no_more_is_agreed_to_come_back_than_is_paid_out(plan: list[dict[str, Any]], holds: bool) -> None:
    now = facts({"amount": cny(100), "repayments": plan})
    assert guards.agreed_repayments_fit_the_loan.holds(now) is holds


@pytest.mark.parametrize(("last", "holds"), [(29, False), (30, True), (31, True)])
def test_no_agreed_day_lies_after_the_last_one(last: int, holds: bool) -> None:
    ends = (NOW.date() + timedelta(days=last)).isoformat()
    now = facts({"final_due_on": ends, "repayments": [agreed(30, 40)]})
    assert guards.agreed_days_lie_within_the_loan.holds(now) is holds


def test_an_approval_of_green_finance_is_held_against_what_was_wanted() -> None:
    wanted = {"ready": {"amount": cny(100)}}
    holds = guards.approval_fits_its_application.holds
    assert holds(facts({"amount": cny(100)}, fired=wanted))
    assert not holds(facts({"amount": cny(101)}, fired=wanted))
    assert holds(facts({"amount": cny(101), "departs": True}, fired=wanted))
