"""Whoever leaves: the cases go to others one by one, and the account closes when nothing is left."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework import reasons
from casework.engine.state.case import READY
from casework.errors import CasesLeft, InvalidForm, NotAllowed, NotFound, WrongState
from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.perform import home_of
from casework.operations.people.offboarding import show_leaver, take_over
from casework.operations.people.service import deactivate_person
from casework.operations.tasks.service import claim_task
from casework.operations.tasks.workload import list_team
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


def give(
    world: World, db: Connection, number: str, to: str, by: str = "supervisor", note: str = "Ask for the lab."
) -> None:
    take_over(
        db,
        world.actor(db, by),
        number,
        leaver=world.people["officer"],
        successor=world.people[to],
        note=note,
        request=new_request(),
    )


def test_a_case_goes_to_the_successor_and_its_held_tasks_are_free(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    case = load(db, home_of(db, number), "case")
    task = next(one.id for one in case.open_tasks() if one.name == "kick_off")
    claim_task(db, world.actor(db, "officer"), task, new_request())
    give(world, db, number, "other_officer")
    after = load(db, home_of(db, number), "case")
    assert (after.owner, after.tasks[task].state) == (world.people["other_officer"], READY)
    assert verify_case(db, home_of(db, number)) == []


def test_who_is_only_on_the_team_leaves_it_and_the_owner_stays(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    give(world, db, number, "other_officer")
    take_over(
        db,
        world.actor(db, "supervisor"),
        number,
        leaver=world.people["other_officer"],
        successor=world.people["officer"],
        note="Back",
        request=new_request(),
    )
    with pytest.raises(WrongState):
        take_over(
            db,
            world.actor(db, "supervisor"),
            number,
            leaver=world.people["other_officer"],
            successor=None,
            note="Once more",
            request=new_request(),
        )


def test_nobody_takes_a_case_in_which_they_have_an_interest(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    db.execute(text("UPDATE cases SET interests = ARRAY[:id]"), {"id": world.people["other_officer"]})
    with pytest.raises(InvalidForm) as refusal:
        give(world, db, number, "other_officer")
    assert refusal.value.fields == {"successor": reasons.cases.DECLARED_INTEREST}


def test_nobody_is_offered_who_would_be_refused_and_who_may_not_hand_over_is_told_why(
    world: World, db: Connection
) -> None:
    number, _ = to_referral(world, db)
    for name in ("other_officer", "supervisor"):
        declare_interest(db, world.actor(db, name), number, nature="Family.", request=new_request())
    (mine,) = show_leaver(db, world.actor(db, "supervisor"), world.people["officer"]).cases
    (others,) = show_leaver(db, world.actor(db, "second_supervisor"), world.people["officer"]).cases
    assert mine.successors == others.successors == []
    assert str(mine.why_not) == "You may not do this: you have declared an interest in this case."
    assert others.why_not is None


def test_an_officer_does_not_hand_over_for_others(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    with pytest.raises(NotAllowed):
        give(world, db, number, "other_officer", by="officer")


def test_what_hangs_on_a_person_is_seen_by_the_programmes_supervisors_alone(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    told = show_leaver(db, world.actor(db, "supervisor"), world.people["officer"])
    assert [one.number for one in told.cases] == [number]
    for name in ("other_officer", "administrator", "foreign_officer"):
        with pytest.raises(NotFound):
            show_leaver(db, world.actor(db, name), world.people["officer"])


def test_an_account_is_not_closed_while_cases_are_left(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    with pytest.raises(CasesLeft, match="Beijing pilot: 1"), db.begin_nested():
        deactivate_person(db, world.actor(db, "administrator"), world.people["officer"], new_request())
    give(world, db, number, "other_officer")
    deactivate_person(db, world.actor(db, "administrator"), world.people["officer"], new_request())


def test_what_an_account_closed_at_once_leaves_is_shown_to_the_supervisor(world: World, db: Connection) -> None:
    to_referral(world, db)
    deactivate_person(db, world.actor(db, "administrator"), world.people["officer"], new_request(), at_once=True)
    left = list_team(db, world.actor(db, "supervisor")).left
    assert [(one.name, one.count) for one in left] == [("Officer", 1)]


def test_with_the_account_end_the_absences_that_it_had_part_in(world: World, db: Connection) -> None:
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    deactivate_person(db, world.actor(db, "administrator"), world.people["other_officer"], new_request())
    assert not db.execute(text("SELECT 1 FROM absences WHERE ends_at > casework_now()")).first()
    assert not db.execute(
        text(
            "SELECT 1 FROM memberships WHERE person_id = CAST(:id AS uuid) AND (ends_at IS NULL OR ends_at > casework_now())"
        ),
        {"id": world.people["other_officer"]},
    ).first()
