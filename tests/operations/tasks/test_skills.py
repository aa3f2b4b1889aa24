"""What people can do, and queues that give tasks by it: on the tables and the logs."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotFound
from casework.operations.core.perform import home_of
from casework.operations.tasks.allocation import explain_waiting
from casework.operations.tasks.skills import find_skills, list_skills, set_skills
from casework.operations.tasks.views import Unallocated
from casework.operations.verification.service import verify_all, verify_log
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events, read_register
from tests.operations.tasks.test_allocation import holders, rule, settle
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, note_rows


def able(
    world: World,
    db: Connection,
    person: str,
    *fields: str,
    languages: tuple[str, ...] = (),
    services: tuple[str, ...] = (),
    scope: str | None = None,
    by: str = "supervisor",
) -> str:
    done = set_skills(
        db,
        world.actor(db, by),
        scope=scope or world.programmes["BJ"],
        person=world.people[person],
        fields=fields,
        languages=languages,
        services=services,
        request=new_request(),
    )
    return str(done.answer["id"])


def of_sector(db: Connection, sector: str) -> None:
    db.execute(text("UPDATE needs SET sector = :sector"), {"sector": sector})
    note_rows(db, "needs")


def waiting(world: World, db: Connection, number: str, queue: str, by: str) -> Unallocated | None:
    case = load(db, home_of(db, number), "case")
    task = next(one for one in case.open_tasks() if one.queue == queue)
    return explain_waiting(db, world.actor(db, by), case, task)


def test_who_has_most_of_what_the_case_asks_for_gets_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "skill")
        able(world, db, "officer", languages=("en",))
        able(world, db, "other_officer", "Steam Boilers ", languages=("en",))
        number = world.new_case(db, "supervisor")
        of_sector(db, "steam boilers")
    settle(engine)
    with transaction(engine) as db:
        assert set(holders(world, db, number, "intake").values()) == {"other_officer"}
        told = list(read_events(db, home_of(db, number)))[-1].effects["allocation"]
    assert told["reasons"] == ["has_all"]
    assert told["asks"] == ["field:steam boilers", "language:en"]
    assert list(verify_all(engine)) == []


def test_a_providers_task_goes_to_whoever_knows_the_service(world: World, engine: Engine) -> None:
    lab = world.organisations["lab"]
    with transaction(engine) as db:
        rule(world, db, "provider", "skill")
        able(world, db, "provider", services=("assessment",), scope=lab, by="provider_lead")
        number, _ = to_referral(world, db)
    settle(engine)
    with transaction(engine) as db:
        assert set(holders(world, db, number, "provider").values()) == {"provider"}
    assert list(verify_all(engine)) == []


def test_what_nobody_can_do_stays_in_its_queue_and_says_why(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "skill")
        number = world.new_case(db, "supervisor")
        of_sector(db, "Brewing")
    assert settle(engine) == 0
    with transaction(engine) as db:
        assert set(holders(world, db, number, "intake").values()) == {None}
        told = waiting(world, db, number, "intake", "officer")
    assert told == Unallocated(why="unskilled", asks=["field:brewing", "language:en"])


def test_who_has_the_skills_and_enough_to_do_is_waited_for(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "skill", 1)
        able(world, db, "officer", languages=("en",))
        numbers = [world.new_case(db, "supervisor") for _ in range(2)]
    assert settle(engine) == 1
    with transaction(engine) as db:
        left = next(one for one in numbers if set(holders(world, db, one, "intake").values()) == {None})
        told = waiting(world, db, left, "intake", "officer")
    assert told == Unallocated(why="all_full", asks=["language:en"])


def test_a_provider_is_not_told_the_field_of_the_need(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "provider", "skill")
        number, _ = to_referral(world, db)
        of_sector(db, "Brewing")
        told = waiting(world, db, number, "provider", "provider_lead")
    assert told == Unallocated(why="unskilled", asks=[])


def test_other_skills_than_were_kept_excuse_nothing(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "skill")
        able(world, db, "officer", languages=("en",))
        number = world.new_case(db, "supervisor")
        db.execute(text("UPDATE skills SET person_id = CAST(:other AS uuid)"), {"other": world.people["other_officer"]})
    settle(engine)
    with transaction(engine) as db:
        home = home_of(db, number)
    found = [one.sentence.split(": ")[1] for one in verify_log(engine, home).findings]
    assert set(found) == {"it says of somebody to have other skills than were kept."}
    assert any(one.table == "skills" for one in verify_log(engine, world.programmes["BJ"]).findings)


def test_what_is_said_last_counts_and_the_log_keeps_both(world: World, db: Connection) -> None:
    able(world, db, "officer", "Boilers", languages=("zh",), services=("ip",))
    able(world, db, "officer", "Heat pumps", "Heat pumps")
    told = find_skills(db, world.actor(db, "supervisor"), world.programmes["BJ"], world.people["officer"])
    assert (told.fields, told.languages, told.services) == (["Heat pumps"], [], [])
    kept = [
        one.effects["skills"]["fields"] for one in read_register(db, world.programmes["BJ"]) if "skills" in one.effects
    ]
    assert kept == [["Boilers"], ["Heat pumps"]]


def test_the_same_request_is_kept_once(world: World, db: Connection) -> None:
    request, given = new_request(), {"fields": ["Boilers"], "languages": [], "services": []}
    for _ in range(2):
        set_skills(
            db,
            world.actor(db, "supervisor"),
            scope=world.programmes["BJ"],
            person=world.people["officer"],
            request=request,
            **given,
        )
    assert sum("skills" in one.effects for one in read_register(db, world.programmes["BJ"])) == 1


@pytest.mark.parametrize("name", ["officer", "manager", "administrator", "provider_lead", "foreign_officer"])
def test_only_who_leads_the_person_says_it(world: World, db: Connection, name: str) -> None:
    with pytest.raises(NotFound):
        able(world, db, "officer", "Boilers", by=name)


def test_nobody_of_elsewhere_is_described(world: World, db: Connection) -> None:
    with pytest.raises(NotFound):
        able(world, db, "provider", "Boilers")


def test_a_language_or_service_that_is_none_is_refused(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm) as fault:
        able(world, db, "officer", languages=("xx",), services=("cooking",))
    assert set(fault.value.fields) == {"languages", "services"}


def test_each_sees_those_whom_one_leads(world: World, db: Connection) -> None:
    able(world, db, "provider", services=("ip",), scope=world.organisations["lab"], by="provider_lead")
    shown = list_skills(db, world.actor(db, "provider_lead")).items
    assert [(one.person.name, one.services) for one in shown] == [("Provider", ["ip"]), ("Provider Lead", [])]
    with pytest.raises(NotFound):
        list_skills(db, world.actor(db, "officer"))
