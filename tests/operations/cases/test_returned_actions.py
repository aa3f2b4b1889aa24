"""An action that came back opens with what was said before, and says why it came back."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.operations.cases.returned_actions import ReturnedAction, find_returned
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from tests.support.returned import deliver, return_result, to_delivery
from tests.support.way_to_referral import to_accepted, to_plan
from tests.support.world import World, today


@pytest.fixture
def delivered(world: World, db: Connection) -> tuple[str, str]:
    number, referral = to_accepted(world, db)
    to_delivery(world, db, number, referral)
    deliver(world, db, number, referral, by="deliver", note="Tested at 180 degrees.")
    return number, referral


def found(world: World, db: Connection, on: tuple[str, str], who: str, transition: str) -> ReturnedAction | None:
    number, referral = on
    case = load(db, home_of(db, number), "case")
    return find_returned(db, world.actor(db, who), case, case.tracks[referral], transition)


@pytest.mark.parametrize(("who", "by"), [("provider", "officer"), ("officer", "Officer")])
def test_a_result_that_was_returned_is_delivered_anew_with_its_answers_before_and_why(
    world: World, db: Connection, delivered: tuple[str, str], who: str, by: str
) -> None:
    """A provider reads the role of who gave it back, whoever that is in the office."""
    assert found(world, db, delivered, who, "approve") is None
    return_result(world, db, *delivered, "Name the boiler.")
    returned = found(world, db, delivered, who, "redeliver")
    assert returned is not None
    assert (returned.said, returned.by and returned.by.name) == (("Name the boiler.",), by)
    assert returned.by is not None
    assert (returned.by.id is None) is (who == "provider")
    assert returned.data["delivered_on"] == today().isoformat()
    assert returned.data["note"] == "Tested at 180 degrees."


def test_of_two_rounds_the_newest_counts(world: World, db: Connection, delivered: tuple[str, str]) -> None:
    return_result(world, db, *delivered, "Name the boiler.")
    deliver(world, db, *delivered, by="redeliver", note="It is boiler 7.")
    # Who checks it reads what came with it, and gives it back with words of the own.
    again = found(world, db, delivered, "officer", "return")
    assert again is not None
    assert again.data == {}
    return_result(world, db, *delivered, "And the day.")
    returned = found(world, db, delivered, "provider", "redeliver")
    assert returned is not None
    assert (returned.said, returned.data["note"]) == (("And the day.",), "It is boiler 7.")


def test_who_is_asked_for_something_reads_what(world: World, db: Connection) -> None:
    number, referral = to_accepted(world, db)
    world.fire(db, "provider", number, "ask_info", {"items": "The drawings."}, track=referral)
    asked = found(world, db, (number, referral), "officer", "supply_info")
    assert asked is not None
    assert (asked.said, asked.data, asked.answered_at) == (("The drawings.",), {}, None)


def test_what_nobody_sent_back_has_nothing_before(world: World, db: Connection, delivered: tuple[str, str]) -> None:
    number, referral = delivered
    assert found(world, db, delivered, "officer", "return") is None
    plan = to_plan(world, db)
    main = world.main_track(db, plan)
    assert found(world, db, (plan, main), "supervisor", "approve_plan") is None
