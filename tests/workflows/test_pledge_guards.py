"""Truth tables of what must be so before rights are pledged, and before a pledge ends."""

from __future__ import annotations

from typing import Any

import pytest

from casework.engine.definition.registry import Guard
from tests.workflows.test_service_guards import ENDED_PLEDGE, PLEDGE, facts, named, right
from workflows import pledge_guards as guards

FORM_TABLE: list[tuple[Guard, dict[str, Any], bool]] = [
    (guards.no_register_point_fails, {}, True),
    (guards.no_register_point_fails, {"points_failing": ["fee"]}, False),
    (guards.shares_make_a_hundred, {"bank_share": "100"}, True),
    (guards.shares_make_a_hundred, {"bank_share": "20", "pool_share": "50", "insurer_share": "30"}, True),
    (guards.shares_make_a_hundred, {"bank_share": "33.3", "pool_share": "33.3", "guarantor_share": "33.3"}, False),
    (guards.shares_make_a_hundred, {"bank_share": "60", "pool_share": "50"}, False),
]


@pytest.mark.parametrize(("guard", "data", "holds"), FORM_TABLE)
def test_what_a_form_says_decides(guard: Guard, data: dict[str, Any], holds: bool) -> None:
    assert guard.holds(facts(data)) is holds


WAYS = {
    "repaid": guards.way_in_was_repayment, "disposed": guards.way_in_was_disposal,
    "no_value": guards.way_in_was_no_value, "not_paid": guards.way_in_was_not_paid,
    "withdraw": guards.way_in_was_withdrawal,
}  # fmt: skip


@pytest.mark.parametrize("way", WAYS)
def test_a_pledge_clears_only_as_what_led_there(way: str) -> None:
    assert [name for name, guard in WAYS.items() if guard.holds(facts(fired={way: {}}))] == [way]


def test_the_last_way_into_deregistration_counts() -> None:
    assert [n for n, guard in WAYS.items() if guard.holds(facts(fired={"not_paid": {}, "repaid": {}}))] == ["repaid"]


def test_no_pledge_clears_before_something_led_there() -> None:
    assert not any(guard.holds(facts()) for guard in WAYS.values())


@pytest.mark.parametrize(
    ("known", "confirmed", "free"),
    [
        (right(), True, True),
        (right(confirmed=False), False, True),
        (right(encumbrances=[PLEDGE]), True, False),
        (right(encumbrances=[ENDED_PLEDGE]), True, True),
    ],
)
def test_registration_looks_at_the_rights_of_the_application(
    known: dict[str, Any], confirmed: bool, free: bool
) -> None:
    now = facts(fired={"apply": named()}, rights=known)
    assert guards.applied_rights_are_confirmed.holds(now) is confirmed
    assert guards.applied_rights_are_not_pledged.holds(now) is free
