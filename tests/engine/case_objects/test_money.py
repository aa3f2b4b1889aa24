"""The money of a service: each stage where its definition says that it stands, and a balance that nobody types."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from casework.engine.case_objects.money import amount_of, done_of, money_of, owed, rows_of, say_next
from casework.engine.state.case import COMPLETED, Case, Fired, Task, Track

NOW = datetime(2026, 3, 16, 4, tzinfo=UTC)
WRITTEN = {
    "wanted": "apply.amount", "offered": "approved.amount", "approved": "bank_approved.amount",
    "paid": "paid_out.amount|paid_in_part.amount", "repaid": "repayment.principal", "interest": "repayment.interest",
    "repaid_on": "repayment.paid_on", "recovered": "disposed.amount",
}  # fmt: skip
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=2)


def cny(amount: object) -> dict[str, str]:
    return {"amount": str(amount), "currency": "CNY"}


def track(**fired: Any) -> Track:
    told = {
        name: Fired(1, NOW + timedelta(hours=n), "somebody", None, {"amount": cny(amount)})
        for n, (name, amount) in enumerate(fired.items())
    }
    return Track("loan", "any", "edition", "any", None, None, ("state",), NOW, NOW, fired=told)


def repayment(n: int, principal: object, *, on: str = "2026-05-01", track: str = "loan", **change: Any) -> Task:
    said: dict[str, Any] = {"principal": cny(principal), "paid_on": on}
    told: dict[str, Any] = {"state": COMPLETED, "result": said} | change
    return Task(
        id=f"task-{n}",
        track=track,
        name="repayment",
        edition="e",
        rule="repayment",
        type="side",
        queue="provider",
        organisation=None,
        opened_at=NOW,
        due_at=None,
        closed_at=NOW + timedelta(days=n),
        **told,
    )


def case(loan: Track, *tasks: Task) -> Case:
    return Case(
        "log", "case", "programme", 1, NOW, NOW, tracks={loan.id: loan}, tasks={task.id: task for task in tasks}
    )


def test_each_stage_is_told_where_it_was_said() -> None:
    loan = track(apply="8.00", approved="7.50", bank_approved="7.00", paid_out="6.00")
    told = money_of(case(loan), loan, WRITTEN)
    assert [(said.stage, said.amount, said.currency) for said in told.stages] == [
        ("wanted", Decimal(8), "CNY"),
        ("offered", Decimal("7.5"), "CNY"),
        ("approved", Decimal(7), "CNY"),
        ("paid", Decimal(6), "CNY"),
    ]
    assert told.latest is not None
    assert (told.latest.stage, told.balance) == ("paid", Decimal(6))


def test_an_amount_has_the_day_that_was_said_with_it() -> None:
    """Of the action whose amount counts; where none is asked for there is none."""
    loan = track(approved="7.50", paid_in_part="3.00")
    said = {"paid_out": {"paid_on": "2026-03-11"}, "valued": {"valued_on": "2026-02-01"}}
    told_then = {
        name: Fired(1, NOW + timedelta(days=1), "somebody", None, {"amount": cny("6.00"), **days})
        for name, days in said.items()
    }
    loan = replace(loan, fired={**loan.fired, **told_then})
    days = {
        "paid_on": "paid_in_part.part_on|paid_out.paid_on",
        "valued": "valued.amount",
        "valued_on": "valued.valued_on",
    }
    told = money_of(case(loan), loan, {**WRITTEN, **days})
    assert [(said.stage, said.on) for said in told.stages] == [("offered", None), ("paid", "2026-03-11")]
    assert told.value is not None
    assert told.value.on == "2026-02-01"


def test_nothing_is_owed_before_it_is_paid() -> None:
    loan = track(apply="8.00")
    told = money_of(case(loan, repayment(1, "1.00")), loan, WRITTEN)
    assert (told.balance, told.repayments) == (None, ())


def test_where_nothing_is_paid_back_there_is_no_balance() -> None:
    grant = track(paid_in_part="6.00")
    told = money_of(case(grant), grant, {"paid": WRITTEN["paid"]})
    assert (told.balance, [said.amount for said in told.stages]) == (None, [Decimal(6)])


def test_of_several_actions_the_newest_counts_and_nothing_is_no_amount() -> None:
    loan = track(paid_out="6.00", paid_in_part="2.00", apply="0.00")
    assert [(said.stage, said.amount) for said in money_of(case(loan), loan, WRITTEN).stages] == [("paid", Decimal(2))]


def test_each_repayment_is_a_row_with_the_balance_after_it() -> None:
    loan = track(paid_out="6.00")
    rows = money_of(case(loan, repayment(2, "1.50", on="2026-06-01"), repayment(1, "4.00")), loan, WRITTEN).repayments
    assert [(row.on, row.principal, row.balance) for row in rows] == [
        ("2026-05-01", Decimal(4), Decimal(2)),
        ("2026-06-01", Decimal("1.5"), Decimal("0.5")),
    ]


def test_only_finished_rows_of_this_loan_count() -> None:
    loan = track(paid_out="6.00")
    others = (
        repayment(1, "1.00", track="another"),
        repayment(2, "1.00", state="Ready"),
        repayment(3, "1.00", result={}),
    )
    assert done_of(case(loan, *others), loan, "repayment") == []
    assert money_of(case(loan, *others), loan, WRITTEN).balance == Decimal(6)


def test_what_a_pledged_right_was_turned_into_lessens_the_debt() -> None:
    loan = track(paid_out="6.00", disposed="2.50")
    told = money_of(case(loan, repayment(1, "1.00")), loan, WRITTEN)
    assert (told.recovered, told.balance) == (Decimal("2.5"), Decimal("2.5"))


def test_an_amount_is_a_number_with_a_currency() -> None:
    assert amount_of(cny("3.10")) == (Decimal("3.10"), "CNY")
    for odd in (None, "3", {"amount": "3"}, {"amount": "3", "currency": "CNY", "more": 1}):
        assert amount_of(odd) is None


@given(AMOUNTS, st.lists(AMOUNTS, max_size=8))
def test_what_is_owed_and_what_came_back_make_what_was_paid(paid: Decimal, back: list[Decimal]) -> None:
    left = owed(paid, back)
    assert left == max(Decimal(0), paid - sum(back, Decimal(0)))
    assert 0 <= left <= paid


@given(AMOUNTS, st.lists(st.tuples(st.dates().map(str), AMOUNTS), max_size=8), st.randoms())
def test_rows_fall_in_any_order_and_end_at_what_is_owed(
    paid: Decimal, said: list[tuple[str, Decimal]], dice: Any
) -> None:
    told = [(f"task-{n}", on, principal, None) for n, (on, principal) in enumerate(said)]
    rows = list(rows_of(paid, told))
    balances = [paid, *(row.balance for row in rows)]
    assert all(before >= after for before, after in zip(balances, balances[1:], strict=False))
    assert balances[-1] == owed(paid, [principal for _, principal in said])
    shuffled = list(told)
    dice.shuffle(shuffled)
    assert list(rows_of(paid, shuffled)) == rows


def test_the_next_agreed_day_is_said() -> None:
    assert [str(why) for why in say_next([date(2026, 9, 1), date(2026, 4, 1)])] == [
        "The next one is due on 2026-04-01."
    ]
    assert say_next([]) == []
