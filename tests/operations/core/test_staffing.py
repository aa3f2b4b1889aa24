"""Before an action leaves the rest of a case to nobody, it is refused, or asked about; and who looks sees what is in the way."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.definitions import load_library
from casework.errors import DutyInDoubt, NobodyLeft
from casework.operations.cases.case_actions import declare_interest
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import home_of
from casework.operations.core.staffing import Prospect, prospect, roster_of, say
from casework.operations.people.registry import end_role, grant_role
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

PROPOSAL = {"outcome": "dormant", "reason": "other/other", "statements": "No interest any more."}
STOP = {"reason": "regulation", "found_on": today().isoformat(), "source": "List 7", "finding": "On a list."}


def leave(db: Connection, world: World, *who: str) -> None:
    for one in who:
        rows = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people[one]}
        )
        for id in rows.scalars().all():
            end_role(db, str(id))


def triaged(db: Connection, world: World) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


def prospect_of(db: Connection, number: str) -> Prospect:
    case = load(db, home_of(db, number), "case")
    return prospect(load_library(), case, roster_of(db, case))


def sayings(db: Connection, number: str) -> list[str]:
    return [str(say(one, load_library())) for one in prospect_of(db, number).obstacles]


def one_supervisor_who_is_the_officer(db: Connection, world: World) -> str:
    number = triaged(db, world)
    grant_role(db, world.people["officer"], "supervisor", programme=world.programmes["BJ"])
    leave(db, world, "supervisor", "second_supervisor")
    return number


def test_nothing_is_in_the_way_of_a_case_with_people_enough(world: World, db: Connection) -> None:
    assert sayings(db, triaged(db, world)) == []


def test_whoever_alone_could_close_a_case_does_not_propose_closing(world: World, db: Connection) -> None:
    number = one_supervisor_who_is_the_officer(db, world)
    with pytest.raises(NobodyLeft) as refusal:
        world.fire(db, "officer", number, "propose_close", PROPOSAL)
    assert [str(why) for why in refusal.value.reasons] == [
        "Only Officer could still do “Close the case”, but did “Propose closing”."
    ]


def test_being_sure_does_not_bring_a_case_to_a_dead_end(world: World, db: Connection) -> None:
    number = one_supervisor_who_is_the_officer(db, world)
    with pytest.raises(NobodyLeft):
        propose_closing_surely(db, world, number)


def propose_closing_surely(db: Connection, world: World, number: str) -> None:
    track = world.main_track(db, number)
    revision = load(db, home_of(db, number), "case").tracks[track].revision
    asked = new_request()
    fire_transition(
        db,
        world.actor(db, "officer"),
        home_of(db, number),
        "case",
        track,
        transition="propose_close",
        data=PROPOSAL,
        revision=revision,
        request=Request(asked.key, asked.digest, sure=True),
    )


def test_what_is_hopeless_already_is_not_refused_for_it(world: World, db: Connection) -> None:
    number = one_supervisor_who_is_the_officer(db, world)
    leave(db, world, "other_officer")
    world.fire(db, "officer", number, "propose_close", PROPOSAL)
    assert prospect_of(db, number).dead_end


def test_a_proposal_that_nobody_can_confirm_is_asked_about(world: World, db: Connection) -> None:
    number = triaged(db, world)
    leave(db, world, "second_compliance")
    with pytest.raises(DutyInDoubt) as doubt:
        world.fire(db, "compliance", number, "compliance_stop", STOP)
    assert [str(why) for why in doubt.value.reasons] == [
        "Only Compliance could still do “Stop the case”, but did “Stop the case”."
    ]


def test_an_owner_with_an_interest_is_told_that_the_case_must_be_handed_over(world: World, db: Connection) -> None:
    number = triaged(db, world)
    with pytest.raises(DutyInDoubt):
        declare_interest(db, world.actor(db, "officer"), number, nature="A cousin.", request=new_request())


def test_an_interest_is_declared_by_whoever_is_sure(world: World, db: Connection) -> None:
    number, asked = triaged(db, world), new_request()
    sure = Request(asked.key, asked.digest, sure=True)
    declare_interest(db, world.actor(db, "officer"), number, nature="A cousin.", request=sure)
    (obstacle,) = prospect_of(db, number).obstacles
    assert obstacle.hand_over
    assert verify_case(db, home_of(db, number)) == []


def test_a_case_that_only_one_supervisor_can_close_bears_no_absence(world: World, db: Connection) -> None:
    number = triaged(db, world)
    leave(db, world, "second_supervisor")
    found = prospect_of(db, number)
    assert (found.survives, [name for _, name in found.needed]) == (0, ["Supervisor"])


def test_a_case_with_two_of_each_bears_one_absence(world: World, db: Connection) -> None:
    assert prospect_of(db, triaged(db, world)).survives == 1


def test_a_provider_without_anybody_is_told_without_names(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    leave(db, world, "provider", "provider_lead")
    assert sayings(db, number) == ["Nobody at the provider may do “Accept the request”."]
