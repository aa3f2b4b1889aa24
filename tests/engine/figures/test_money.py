"""How far requests for money came; one asked of another provider after the first came to nothing is the same request."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from casework.engine.figures.money import chains_of, finance, loans
from tests.engine.figures.pieces import Told, counts, line, world

CNY: Any = {"amount": "100", "currency": "CNY"}


def asked(told: Told, id: str, day: float, *actions: str, service: str = "pledge", ends: str | None = None) -> Told:
    """A request, with the service's track below it."""
    told.track(f"r{id}", "referral", day, part="request", kind=service)
    told.fire("send", day, on=f"r{id}", part="sends")
    track = {**told._track(f"t{id}", service), "parent": f"r{id}"}
    told.add("noted", None, day, tracks=[track])
    for name in actions:
        to = ("overdue",) if name == "miss" else ("later",)
        told.fire(name, day, on=f"t{id}", to=to, data={"amount": CNY, "instrument": "loan", "item": "2025/1"})
    if ends:
        part = {"declined": "turned_down", "completed": "gives_result", "cancelled": "called_off"}[ends]
        told.fire("end", day + 1, on=f"r{id}", ended=ends, came_to=part)
    return told


@pytest.mark.parametrize(
    ("first_ends", "second_day", "chains"),
    [("declined", 5, 1), ("cancelled", 5, 1), ("completed", 5, 2), (None, 5, 2), ("declined", 0, 2)],
)
def test_a_chain_of_replacements_is_one_request(first_ends: str | None, second_day: float, chains: int) -> None:
    told = Told("1")
    if second_day:
        asked(asked(told, "a", 0, ends=first_ends), "b", second_day)
    else:
        # Side by side: the second was sent before the first had ended.
        asked(asked(told, "a", 0), "b", 0.5).fire("end", 1, on="ra", ended="declined", came_to="turned_down")
    assert len(chains_of(told.facts(), "pledge")) == chains


def test_doors_are_among_the_requests_sent_and_the_second_beside_the_first() -> None:
    one = asked(
        asked(Told("1"), "a", 0, "approved", ends="declined"), "b", 5, "approved", "bank_approved", "registered"
    )
    two = asked(Told("2"), "a", 0, "approved")
    figure = loans(world(one, two, asked(Told("3"), "a", 0)))
    assert counts(figure, what="sent") == (3, None)
    assert counts(figure, what="first_door") == (2, 3)
    assert line(figure, what="first_door").money == {"CNY": Decimal(200)}
    assert counts(figure, what="bank") == (1, 3)
    assert counts(figure, what="second_over_first") == (1, 2)
    assert counts(figure, what="paid") == (0, 3)


def test_what_is_overdue_is_of_what_was_paid_and_by_what_is_owed() -> None:
    late = asked(Told("1"), "a", 0, "paid_out", "miss")
    late.task("x", "repayment", 9, track="ta", result={"principal": {"amount": "30", "currency": "CNY"}})
    row = line(loans(world(late, asked(Told("2"), "a", 0, "paid_out"))), what="overdue")
    assert (row.numerator, row.denominator, row.money) == (1, 2, {"CNY": Decimal(70)})


def test_green_finance_is_offered_and_closed_of_what_was_wanted() -> None:
    one = asked(Told("1"), "a", 0, "green", "ready", "terms_agreed", "cp_met", service="finance")
    two = asked(Told("2"), "a", 0, "green", "ready", service="finance")
    figure = finance(world(one, two))
    assert counts(figure, what="wanted") == (2, 2)
    assert counts(figure, what="offered") == (1, 2)
    assert counts(figure, what="closed", instrument="loan") == (1, 2)
    assert line(figure, what="closed", item="2025/1").money == {"CNY": Decimal(100)}
    # A loan on rights is counted there, and not here.
    assert counts(finance(world(asked(Told("3"), "a", 0, "paid_out"))), what="wanted") == (0, 0)
