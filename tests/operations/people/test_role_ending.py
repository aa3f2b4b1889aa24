"""Who has no role any more holds nothing and sees nothing, and the history says who ended the role."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

from casework.engine.execution.context import By
from casework.engine.execution.task_commands import Relieve
from casework.engine.roles import Role
from casework.engine.state.case import READY, Task
from casework.engine.state.events import Event
from casework.operations.core.perform import follow, home_of, stand
from casework.operations.deadlines.timers import fire_timers
from casework.operations.people.offboarding import take_over
from casework.operations.people.registry import grant_role, register_person
from casework.operations.people.service import deactivate_person, end_member, end_membership
from casework.operations.tasks.service import claim_task
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world, new_request


def task_called(db: Connection, number: str, name: str) -> Task:
    return next(one for one in load(db, home_of(db, number), "case").open_tasks() if one.name == name)


def membership_of(db: Connection, world: World, who: str) -> str:
    return str(
        db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid) ORDER BY id LIMIT 1"),
            {"id": world.people[who]},
        ).scalar_one()
    )


def claim(db: Connection, world: World, who: str, number: str, name: str) -> str:
    id = task_called(db, number, name).id
    claim_task(db, world.actor(db, who), id, new_request())
    return id


def relieved(db: Connection, number: str) -> list[Event]:
    return [one for one in read_events(db, home_of(db, number)) if one.kind == "relieved"]


def test_what_an_officer_held_is_free_when_the_role_ends(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    held = claim(db, world, "officer", number, "kick_off")
    end_membership(db, world.actor(db, "administrator"), membership_of(db, world, "officer"), new_request())
    task = load(db, home_of(db, number), "case").tasks[held]
    assert (task.state, task.holder) == (READY, None)
    (told,) = relieved(db, number)
    assert (told.actor, told.role) == (world.people["administrator"], "administrator")
    assert told.effects["person"] == world.people["officer"]
    assert verify_case(db, home_of(db, number)) == []


def test_a_closed_account_holds_nothing(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    held = claim(db, world, "officer", number, "kick_off")
    deactivate_person(db, world.actor(db, "administrator"), world.people["officer"], new_request(), at_once=True)
    assert load(db, home_of(db, number), "case").tasks[held].holder is None
    assert verify_case(db, home_of(db, number)) == []


def test_a_lead_who_sends_somebody_away_frees_their_tasks(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    held = claim(db, world, "provider", number, "sent")
    end_member(db, world.actor(db, "provider_lead"), membership_of(db, world, "provider"), new_request())
    task = load(db, home_of(db, number), "case").tasks[held]
    assert (task.state, task.holder) == (READY, None)
    assert relieved(db, number)[0].actor == world.people["provider_lead"]
    assert verify_case(db, home_of(db, number)) == []


def test_who_has_the_role_twice_keeps_what_they_hold(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    held = claim(db, world, "officer", number, "kick_off")
    grant_role(db, world.people["officer"], "officer", programme=world.programmes["BJ"])
    end_membership(db, world.actor(db, "administrator"), membership_of(db, world, "officer"), new_request())
    assert load(db, home_of(db, number), "case").tasks[held].holder == world.people["officer"]
    assert relieved(db, number) == []


def test_time_ends_a_role_like_a_person_does(engine: Engine) -> None:
    with transaction(engine) as db:
        world = build_world(db)
        number, _ = to_referral(world, db)
        held = claim(db, world, "officer", number, "kick_off")
    fire_timers(engine)
    with transaction(engine) as db:
        assert relieved(db, number) == []
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
            {"id": world.people["officer"]},
        )
    for _ in range(2):
        fire_timers(engine)
    with transaction(engine) as db:
        assert load(db, home_of(db, number), "case").tasks[held].holder is None
        assert [one.actor for one in relieved(db, number)] == ["system"]


def test_ending_a_role_takes_back_what_was_held_by_it_alone(world: World, db: Connection) -> None:
    """Whoever has left two places is relieved in each by those who ended the role there."""
    number, _ = to_referral(world, db)
    held = claim(db, world, "officer", number, "kick_off")
    grant_role(db, world.people["officer"], "verifier", organisation=world.organisations["inspectors"])
    db.execute(
        text(
            "UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid) AND role = 'officer'"
        ),
        {"id": world.people["officer"]},
    )
    verifier = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid) AND role = 'verifier'"),
        {"id": world.people["officer"]},
    ).scalar_one()
    end_membership(db, world.actor(db, "administrator"), str(verifier), new_request())
    assert load(db, home_of(db, number), "case").tasks[held].holder == world.people["officer"]
    assert relieved(db, number) == []


def test_a_case_keeps_the_team_whose_roles_have_ended_since(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    world.hand_over(db, "supervisor", number, "officer", "other_officer")
    newcomer = register_person(db, email="newcomer@example.org", name="Newcomer")
    grant_role(db, newcomer, "officer", programme=world.programmes["BJ"])
    end_membership(db, world.actor(db, "administrator"), membership_of(db, world, "other_officer"), new_request())
    # An officer's role of a member that ended a while ago.
    db.execute(text("SELECT set_config('casework.clock_offset', '3600', true)"))
    take_over(
        db,
        world.actor(db, "supervisor"),
        number,
        leaver=world.people["officer"],
        successor=newcomer,
        note="Yours now.",
        request=new_request(),
    )
    assert verify_case(db, home_of(db, number)) == []


def test_taking_a_task_from_somebody_who_can_work_it_is_found(world: World, db: Connection) -> None:
    # The roles are an hour old: whoever has just got one may not have been seen to have it.
    db.execute(text("SELECT set_config('casework.clock_offset', '3600', true)"))
    number, _ = to_referral(world, db)
    held, log = claim(db, world, "officer", number, "kick_off"), home_of(db, number)
    by = By(world.people["administrator"], Role.ADMINISTRATOR)
    follow(db, stand(db, log, "case"), Relieve(held, world.people["officer"]), by)
    assert [one.sentence for one in verify_case(db, log) if "could still work it" in one.sentence]
