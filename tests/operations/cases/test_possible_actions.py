"""What somebody may do in a case now, and why not the rest: the same as the action itself will say."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.operations.cases.action_views import ActionView
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.queries import show_case
from casework.operations.cases.views import CasePart
from casework.operations.core.idempotency import Request
from tests.support.way_to_referral import complete, to_referral
from tests.support.world import World, new_request

CHECKED = {
    "need_complete": True, "technology_complete": True, "duplicate_checked": True, "rationale_fits": True, "interest": "none",
}  # fmt: skip


@pytest.fixture
def number(world: World, db: Connection) -> str:
    """A case of the officer's, in triage."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


def action(world: World, db: Connection, number: str, by: str, transition: str) -> ActionView:
    (view,) = [one for one in world.read_case(db, number, by).actions if one.transition == transition]
    return view


def test_an_action_is_possible_once_nothing_stands_against_it(world: World, db: Connection, number: str) -> None:
    before = action(world, db, number, "officer", "pass_triage")
    assert (before.yours, before.allowed) == (True, False)
    assert [str(why) for why in before.why_not] == [
        "The triage check is open, or whoever made it declared an interest."
    ]
    complete(world, db, "officer", number, "triage_check", data=CHECKED)
    after = action(world, db, number, "officer", "pass_triage")
    assert (after.yours, after.allowed, after.why_not) == (True, True, [])


def test_whoever_has_no_part_in_it_reads_for_whom_an_action_is(world: World, db: Connection, number: str) -> None:
    for who in ("other_officer", "supervisor", "auditor"):
        view = action(world, db, number, who, "pass_triage")
        assert (view.yours, view.allowed) == (False, False)
        assert view.why_not == [reasons.cases.FOR_ROLES(roles=["officer"])]


def test_an_interest_stands_against_everything(world: World, db: Connection, number: str) -> None:
    asked = new_request()
    sure = Request(asked.key, asked.digest, sure=True)
    declare_interest(db, world.actor(db, "officer"), number, nature="A cousin.", request=sure)
    shown = world.read_case(db, number)
    assert shown.actions
    assert all(view.why_not == [reasons.cases.INTEREST_DECLARED] and not view.allowed for view in shown.actions)
    assert shown.requests == []


def test_tasks_are_offered_to_those_who_may_add_them(world: World, db: Connection, number: str) -> None:
    offered = {
        who: {one.task: one.why_not for one in world.read_case(db, number, who).requests}
        for who in ("officer", "supervisor", "compliance", "other_officer")
    }
    assert offered == {
        # That one is open already is told to both; that it is for others is told to neither.
        "officer": {"triage_check": [reasons.tasks.OPEN_ALREADY], "ask_more_time": []},
        "supervisor": {"triage_check": [reasons.tasks.OPEN_ALREADY]},
        "compliance": {},
        "other_officer": {},
    }


def test_a_provider_reads_of_its_own_actions_alone(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    part = show_case(db, world.actor(db, "provider"), number)
    assert isinstance(part, CasePart)
    assert {view.track for view in part.actions} == {referral}
    assert "accept" in {view.transition for view in part.actions if view.allowed}
    assert all(view.yours for view in part.actions)
    assert "cancel" not in {view.transition for view in part.actions}


def test_what_one_person_proposed_waits_for_the_second_without_its_form(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    before = action(world, db, number, "officer", "amend_plan")
    assert (before.proposed, before.yours) == (False, True)
    assert before.form
    plan = {"payer": "programme", "skip_assessment": False, "reason": "A date has changed."}
    world.fire(db, "officer", number, "amend_plan", plan)
    for who, yours in (("officer", False), ("supervisor", True)):
        after = action(world, db, number, who, "amend_plan")
        assert (after.proposed, after.yours, after.allowed, after.form) == (True, yours, yours, [])
