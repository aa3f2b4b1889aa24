"""Who is away, and what the substitute may do meanwhile: on the tables and the logs."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.engine.state.case import READY
from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.core.perform import home_of
from casework.operations.deadlines.timers import fire_timers
from casework.operations.history.point_in_time import Past
from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.people.absences import end_absence, list_absences, record_absence
from casework.operations.people.role_requests import decide_role
from casework.operations.people.service import create_membership
from casework.operations.tasks.service import assign_task, claim_task
from casework.operations.verification.service import check_one, verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.world import World, build_world, new_request, today


def task_called(db: Connection, number: str, name: str) -> str:
    case = load(db, home_of(db, number), "case")
    return next(one.id for one in case.open_tasks() if one.name == name)


def deputies(db: Connection, world: World, name: str) -> set[tuple[str, str]]:
    """Whose deputy somebody is now, and in which role."""
    by_id = {id: one for one, id in world.people.items()}
    return {(one.role, by_id[one.deputy_for]) for one in world.actor(db, name).memberships if one.deputy_for}


def test_the_substitute_acts_in_the_name_of_who_is_away(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    task = task_called(db, number, "kick_off")
    with pytest.raises(NotAllowed):
        claim_task(db, world.actor(db, "other_officer"), task, new_request())
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    claim_task(db, world.actor(db, "other_officer"), task, new_request())
    told = list(read_events(db, home_of(db, number)))[-1]
    assert (told.actor, told.acting_for) == (world.people["other_officer"], world.people["officer"])
    assert verify_case(db, home_of(db, number)) == []


def test_what_is_assigned_to_who_is_away_goes_to_the_substitute(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    task = task_called(db, number, "kick_off")
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    done = assign_task(
        db,
        world.actor(db, "supervisor"),
        task,
        person=world.people["officer"],
        note="This week, please",
        request=new_request(),
    )
    assert done.answer["holder"] == world.people["other_officer"]
    assert verify_case(db, home_of(db, number)) == []


def test_before_the_first_day_the_substitute_may_nothing_yet(world: World, db: Connection) -> None:
    add_absence(db, world, "officer", "other_officer", "BJ", first=1)
    assert deputies(db, world, "other_officer") == set()


def test_what_the_substitute_held_is_free_when_the_absence_ends(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    task = task_called(db, number, "kick_off")
    absence = add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    claim_task(db, world.actor(db, "other_officer"), task, new_request())
    end_absence(db, world.actor(db, "officer"), absence, new_request())
    found = load(db, home_of(db, number), "case").tasks[task]
    assert (found.state, found.holder) == (READY, None)


@pytest.mark.parametrize("back", ["officer", "supervisor", "second_supervisor"])
def test_whoever_ends_an_absence_is_not_accused_of_taking_the_task_back(
    world: World, db: Connection, back: str
) -> None:
    number, _ = to_referral(world, db)
    task = task_called(db, number, "kick_off")
    absence = add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    assign_task(
        db,
        world.actor(db, "officer"),
        task,
        person=world.people["other_officer"],
        note="While I am away.",
        request=new_request(),
    )
    # A supervisor's substitute does it in that one's name.
    add_absence(db, world, "second_supervisor", "compliance", "BJ", first=0)
    end_absence(db, world.actor(db, "compliance" if back == "second_supervisor" else back), absence, new_request())
    assert [one.kind for one in read_events(db, home_of(db, number))][-1] == "relieved"
    assert verify_case(db, home_of(db, number)) == []


def test_whoever_of_a_provider_is_back_takes_the_task_back(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    task = next(
        one.id
        for one in load(db, home_of(db, number), "case").open_tasks()
        if (one.track, one.type) == (referral, "step")
    )
    absence = add_absence(db, world, "provider", "provider_lead", "lab", first=0)
    claim_task(db, world.actor(db, "provider_lead"), task, new_request())
    end_absence(db, world.actor(db, "provider"), absence, new_request())
    assert verify_case(db, home_of(db, number)) == []


def test_a_substitute_takes_a_case_for_whoever_is_away(world: World, db: Connection) -> None:
    """And so it has an owner still when the substitute is nobody's deputy any more."""
    number = world.new_case(db)
    absence = add_absence(db, world, "officer", "compliance", "BJ", first=0)
    world.fire(db, "compliance", number, "take")
    end_absence(db, world.actor(db, "officer"), absence, new_request())
    assert load(db, home_of(db, number), "case").owner == world.people["officer"]
    assert verify_case(db, home_of(db, number)) == []
    assert find_breaches(db) == []


def test_who_is_an_officer_as_a_substitute_alone_is_given_no_case(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    add_absence(db, world, "other_officer", "compliance", "BJ", first=0)
    with pytest.raises(InvalidForm, match="owner"):
        world.hand_over(db, "supervisor", number, "compliance")


def test_what_a_substitute_held_is_free_when_the_case_goes_to_other_hands(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    task = task_called(db, number, "kick_off")
    add_absence(db, world, "officer", "compliance", "BJ", first=0)
    claim_task(db, world.actor(db, "compliance"), task, new_request())
    world.hand_over(db, "supervisor", number, "other_officer")
    assert load(db, home_of(db, number), "case").tasks[task].holder is None
    assert verify_case(db, home_of(db, number)) == []


def test_an_absence_ends_by_itself(engine: Engine) -> None:
    with transaction(engine) as db:
        world = build_world(db)
        number, _ = to_referral(world, db)
        task = task_called(db, number, "kick_off")
        absence = add_absence(db, world, "officer", "other_officer", "BJ", first=0)
        claim_task(db, world.actor(db, "other_officer"), task, new_request())
    with transaction(engine) as db:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE absence_id = CAST(:id AS uuid)"),
            {"id": absence},
        )
    fire_timers(engine)
    with transaction(engine) as db:
        assert load(db, home_of(db, number), "case").tasks[task].holder is None


def test_the_programmes_log_tells_of_it_and_equals_the_tables(world: World, db: Connection) -> None:
    absence = add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    end_absence(db, world.actor(db, "supervisor"), absence, new_request())
    programme = world.programmes["BJ"]
    kinds = [event.kind for event in read_events(db, programme)][-4:]
    assert kinds == ["away", "granted", "ended", "back"]
    assert check_one(db, programme, Past(db)).findings == ()


def test_a_substitute_who_is_away_passes_it_on(world: World, db: Connection) -> None:
    add_absence(db, world, "other_officer", "supervisor", "BJ", first=0)
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    assert deputies(db, world, "supervisor") == {("officer", "other_officer"), ("officer", "officer")}


def test_who_goes_away_later_passes_on_what_was_given_before(world: World, db: Connection) -> None:
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    add_absence(db, world, "other_officer", "supervisor", "BJ", first=0)
    assert ("officer", "officer") in deputies(db, world, "supervisor")


def test_when_the_first_is_back_the_whole_line_ends(world: World, db: Connection) -> None:
    first = add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    add_absence(db, world, "other_officer", "supervisor", "BJ", first=0)
    end_absence(db, world.actor(db, "officer"), first, new_request())
    assert deputies(db, world, "supervisor") == {("officer", "other_officer")}


def test_a_circle_is_refused_and_named(world: World, db: Connection) -> None:
    add_absence(db, world, "officer", "other_officer", "BJ")
    with pytest.raises(InvalidForm) as refusal:
        add_absence(db, world, "other_officer", "officer", "BJ", first=35, last=50)
    assert refusal.value.fields == {"substitute": reasons.people.CIRCLE(line="Other Officer → Officer → Other Officer")}


def test_a_line_that_is_too_long_is_refused(world: World, db: Connection) -> None:
    for person, substitute in (
        ("officer", "other_officer"),
        ("other_officer", "supervisor"),
        ("supervisor", "compliance"),
    ):
        add_absence(db, world, person, substitute, "BJ")
    with pytest.raises(InvalidForm) as refusal:
        add_absence(db, world, "compliance", "second_compliance", "BJ")
    assert refusal.value.fields["substitute"].code == "people.line_too_long"


def test_nobody_takes_a_role_by_entering_somebodys_absence(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as refusal:
        add_absence(db, world, "compliance", "supervisor", "BJ", by="supervisor")
    assert refusal.value.fields["substitute"] == reasons.people.NOT_ONESELF


def test_who_leads_nobody_enters_only_the_own_absence(world: World, db: Connection) -> None:
    with pytest.raises(NotFound):
        add_absence(db, world, "officer", "other_officer", "BJ", by="other_officer")


def test_somebody_who_only_reads_cannot_stand_in(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        add_absence(db, world, "officer", "observer", "BJ")


def test_a_dispute_officer_has_no_substitute(world: World, db: Connection) -> None:
    with pytest.raises(NotFound):
        add_absence(db, world, "dispute_officer", "officer", "BJ")


def test_a_provider_is_stood_in_for_by_the_own_people_alone(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        record_absence(
            db,
            world.actor(db, "provider"),
            scope=world.organisations["lab"],
            person=world.people["provider"],
            substitute=world.people["foreign_provider"],
            first_day=today(),
            last_day=today(),
            request=new_request(),
        )


def test_a_role_given_meanwhile_goes_to_the_substitute_too(world: World, db: Connection) -> None:
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    asked = create_membership(
        db,
        world.actor(db, "administrator"),
        person=world.people["officer"],
        role="supervisor",
        programme=world.programmes["BJ"],
        organisation=None,
        deputy_for=None,
        starts_at=None,
        ends_at=None,
        request=new_request(),
    )
    decide_role(db, world.actor(db, "supervisor"), str(asked.answer["id"]), agree=True, note="", request=new_request())
    assert ("supervisor", "officer") in deputies(db, world, "other_officer")


def test_an_absence_is_seen_by_the_two_and_by_who_leads_them(world: World, db: Connection) -> None:
    absence = add_absence(db, world, "officer", "other_officer", "BJ")
    seen = {
        name for name in world.people if absence in {one.id for one in list_absences(db, world.actor(db, name)).items}
    }
    assert seen == {"officer", "other_officer", "supervisor", "second_supervisor"}
