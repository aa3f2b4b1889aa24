"""What must be true of the money of a service: what is paid out, what comes back, and what is owed still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from casework.engine.case_objects.conflict_words import Words
from casework.engine.case_objects.money import amount_of, done_of, owed, say_applied_for, say_next
from casework.engine.definition.guard_facts import Facts
from casework.engine.definition.registry import guard
from workflows.own_limits import INTEREST


def _paid(facts: Facts) -> tuple[Decimal, str]:
    """What was paid out, and in which currency."""
    return amount_of(facts.said("paid_out.amount")) or (Decimal(0), "")


def _principals(facts: Facts) -> list[Decimal]:
    """What came back of the loan, but for the repayment that is being recorded."""
    task = facts.task.id if facts.task else None
    rows = [row for row in done_of(facts.case, facts.track, "repayment") if row.id != task]
    return [said[0] for row in rows if (said := amount_of(row.result.get("principal"))) is not None]


def _given(facts: Facts, *names: str) -> list[tuple[Decimal, str]]:
    """The amounts of the form's fields that were filled in."""
    return [said for name in names if (said := amount_of(facts.data.get(name))) is not None]


@guard(
    rule="No more is paid out than was approved, and in its currency.",
    refusal="No more may be paid out than was approved, and in the same currency.",
    at=("amount",),
)
def payment_is_within_approval(facts: Facts) -> bool:
    approved = amount_of(facts.said("bank_approved.amount") or facts.said("approved.amount"))
    return all(
        approved is not None and (amount <= approved[0], currency) == (True, approved[1])
        for amount, currency in _given(facts, "amount")
    )


@guard(
    rule="What is said to be paid in all is no less than was said before.",
    refusal="Less is said to be paid in all than was recorded before. Add up all parts, those of before too.",
    at=("amount",),
)
def sum_paid_does_not_fall(facts: Facts) -> bool:
    before = amount_of(facts.said("pay_part.amount"))
    return before is None or all(amount >= before[0] for amount, _ in _given(facts, "amount"))


def _applied_for(facts: Facts) -> tuple[Decimal, str] | None:
    """What a loan was applied for; whoever may not read it is told nothing of it."""
    return amount_of(facts.said("apply.amount") or facts.said("ready.amount"))


def _say_applied_for(facts: Facts) -> Words:
    wanted = _applied_for(facts)
    return say_applied_for(*wanted) if wanted is not None else []


@guard(
    rule="No more is approved than was applied for, and in its currency, or whoever approves it says that it is right so.",
    refusal="More is approved than was applied for, or in another currency. Look once more; if it is right so, say so below.",
    at=("amount",),
    because=_say_applied_for,
)
def approval_fits_its_application(facts: Facts) -> bool:
    wanted = _applied_for(facts)
    given = _given(facts, "amount")
    return facts.data.get("departs") is True or all(
        wanted is None or (amount <= wanted[0], currency) == (True, wanted[1]) for amount, currency in given
    )


@guard(
    rule="The interest is one that loans have, or whoever approves it says that it is right so.",
    refusal="The interest is above what loans have. Look once more; if it is right so, say so below.",
    limits=(INTEREST,),
    at=("rate",),
)
def interest_is_usual(facts: Facts) -> bool:
    rate = facts.data.get("rate")
    return rate is None or Decimal(rate) <= facts.limit(INTEREST) or facts.data.get("departs") is True


@guard(
    rule="A repayment comes after the loan was paid out.",
    refusal="A repayment cannot come before the loan was paid out. Look at its date.",
    at=("paid_on",),
)
def repayment_follows_the_payment(facts: Facts) -> bool:
    on, since = facts.data.get("paid_on"), facts.said("paid_out.paid_on")
    return on is None or since is None or on >= since


@guard(
    rule="A repayment lessens the debt by no more than what is owed.",
    refusal="More than what is owed cannot be paid back. Look at the balance of the loan.",
    at=("principal",),
)
def repayment_is_within_balance(facts: Facts) -> bool:
    paid, before = _paid(facts)[0], sum(_principals(facts), Decimal(0))
    after = before + sum((amount for amount, _ in _given(facts, "principal")), Decimal(0))
    # Once the debt is said to be paid, what came back is all of it.
    return after == paid if facts.fired("repaid") else after <= paid


@guard(
    rule="A repayment is in the currency of the loan.",
    refusal="A repayment must be in the currency of the loan.",
)
def repayment_is_in_its_currency(facts: Facts) -> bool:
    return all(currency == _paid(facts)[1] for _, currency in _given(facts, "principal", "interest"))


@guard(
    rule="Nothing is owed any more.",
    refusal="Something is owed still. Record the repayments first; the balance follows from them.",
)
def debt_is_paid(facts: Facts) -> bool:
    return owed(_paid(facts)[0], _principals(facts)) == 0


@guard(
    rule="Something of the loan is owed still.",
    refusal="Nothing is owed any more. Record the full repayment.",
)
def something_is_owed(facts: Facts) -> bool:
    return owed(_paid(facts)[0], _principals(facts)) != 0


@guard(
    rule="What was overdue has come in, as repayments that were recorded after it was missed.",
    refusal="What is overdue has not come in. Record the late repayment first.",
)
def overdue_has_come_in(facts: Facts) -> bool:
    missed = facts.fired("miss")
    overdue = amount_of(missed.data.get("amount")) if missed else None
    if missed is None or overdue is None:
        return False
    came = [
        said
        for row in done_of(facts.case, facts.track, "repayment")
        if row.closed_at is not None and row.closed_at >= missed.at
        for name in ("principal", "interest")
        if (said := amount_of(row.result.get(name))) is not None
    ]
    return sum((amount for amount, currency in came if currency == overdue[1]), Decimal(0)) >= overdue[0]


def _agreed(rows: Iterable[Mapping[str, Any]]) -> list[tuple[str, Decimal, str]]:
    """Day, amount and currency of what was agreed to come back of the loan, by the days."""
    found = ((str(row["by"]), amount_of(row.get("principal"))) for row in rows)
    return sorted((day, *said) for day, said in found if said is not None)


@guard(
    rule="No more is agreed to be paid back than is paid out, and in its currency.",
    refusal="More is agreed to be paid back than is paid out, or in another currency.",
    at=("repayments",),
)
def agreed_repayments_fit_the_loan(facts: Facts) -> bool:
    paid, agreed = amount_of(facts.data.get("amount")), _agreed(facts.data.get("repayments") or ())
    return paid is None or (
        sum((amount for _, amount, _ in agreed), Decimal(0)) <= paid[0]
        and all(currency == paid[1] for _, _, currency in agreed)
    )


@guard(
    rule="No agreed day lies after the last day of the loan.",
    refusal="A repayment is agreed for a day after the last one of the loan.",
    at=("repayments",),
)
def agreed_days_lie_within_the_loan(facts: Facts) -> bool:
    last = facts.data.get("final_due_on")
    return last is None or all(day <= last for day, _, _ in _agreed(facts.data.get("repayments") or ()))


def days_short(agreed: Iterable[tuple[str, Decimal]], came: Decimal) -> list[str]:
    """The agreed days up to which more was to come back than came, on whatever day; `agreed` by the days."""
    short, by_then = [], Decimal(0)
    for day, amount in agreed:
        by_then += amount
        if by_then > came:
            short.append(day)
    return short


def _last_day(facts: Facts) -> date | None:
    """By which day all is to be back: as it was agreed when the loan was paid out, or when it was extended last."""
    longer = sorted(done_of(facts.case, facts.track, "extend_debt"), key=lambda row: row.closed_at or facts.now)
    last = longer[-1].result.get("until_on") if longer else facts.said("paid_out.final_due_on")
    return date.fromisoformat(str(last)) if last else None


def _days_to_come(facts: Facts) -> list[date]:
    """The agreed days for which not all has come yet; the last day of the loan is one of them while something is owed."""
    came = _principals(facts)
    # What was agreed for the last day goes with it where the loan is extended.
    until = facts.said("paid_out.final_due_on")
    agreed = [(day, amount) for day, amount, _ in _agreed(facts.said("paid_out.repayments") or ()) if day != until]
    days = [date.fromisoformat(day) for day in days_short(agreed, sum(came, Decimal(0)))]
    last = _last_day(facts)
    if last is not None and owed(_paid(facts)[0], came):
        days.append(last)
    return sorted(days)


@guard(
    rule="A day that was agreed for a repayment has passed, and what was agreed has not come, or not all of it.",
    refusal="No repayment is overdue.",
    because=lambda facts: say_next(_days_to_come(facts)),
)
def repayment_is_overdue(facts: Facts) -> bool:
    return any(day < facts.today for day in _days_to_come(facts))


@guard(
    rule="By the agreed plan nothing is overdue: what was agreed for each day that has passed has come, and after the last day of the"
    " loan the whole of it.",
    refusal="By the agreed plan something is overdue still. Record the late repayments first.",
)
def plan_is_met(facts: Facts) -> bool:
    return not any(day < facts.today for day in _days_to_come(facts))
