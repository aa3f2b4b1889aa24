"""Queues that give tasks to people by themselves: on the tables and the logs."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import InvalidForm, NotFound
from casework.jobs.dispatcher import dispatch
from casework.operations.core.perform import home_of
from casework.operations.tasks.allocation import allocate_queue, choose_allocation, list_allocations, list_due
from casework.operations.tasks.service import release_task
from casework.operations.verification.service import verify_all, verify_log
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import read_events
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

ALL = "true"


def rule(world: World, db: Connection, queue: str, strategy: str, cap: int | None = None) -> str:
    provider = queue in ("provider", "provider_lead")
    by, scope = ("provider_lead", world.organisations["lab"]) if provider else ("supervisor", world.programmes["BJ"])
    done = choose_allocation(
        db, world.actor(db, by), scope=scope, queue=queue, strategy=strategy, cap=cap, request=new_request()
    )
    return str(done.answer["id"])


def settle(engine: Engine) -> int:
    """What the worker does for every queue for which something waits."""
    with transaction(engine) as db:
        due = list_due(db, but=ALL, most=100)
    return sum(allocate_queue(engine, one) for one in due)


def holders(world: World, db: Connection, number: str, queue: str) -> dict[str, str | None]:
    by_id = {id: one for one, id in world.people.items()}
    case = load(db, home_of(db, number), "case")
    return {one.name: by_id.get(one.holder or "") for one in case.open_tasks() if one.queue == queue}


def test_new_cases_go_to_the_officers_in_turn(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        numbers = [world.new_case(db, "supervisor") for _ in range(4)]
    assert settle(engine) == 4
    with transaction(engine) as db:
        found = [next(iter(holders(world, db, number, "intake").values())) for number in numbers]
    assert sorted(map(str, found)) == ["officer", "officer", "other_officer", "other_officer"]
    assert found[0] != found[1]
    assert list(verify_all(engine)) == []


def test_the_history_keeps_why_it_came_to_this_person(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "shortest", 5)
        number = world.new_case(db, "supervisor")
    settle(engine)
    with transaction(engine) as db:
        told = list(read_events(db, home_of(db, number)))[-1]
    assert (told.kind, told.actor, told.role) == ("assigned", "system", "system")
    assert told.effects["allocation"]["reasons"] == ["fewest_turn"]
    assert [one["load"] for one in told.effects["allocation"]["among"]] == [0, 0]


def test_who_has_fewer_open_tasks_gets_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
        rule(world, db, "intake", "shortest")
        number = world.new_case(db, "supervisor")
    settle(engine)
    with transaction(engine) as db:
        assert set(holders(world, db, number, "intake").values()) == {"other_officer"}


def test_where_everybody_has_enough_it_stays_in_its_queue(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin", 1)
        numbers = [world.new_case(db, "supervisor") for _ in range(3)]
    assert settle(engine) == 2
    with transaction(engine) as db:
        found = [next(iter(holders(world, db, number, "intake").values())) for number in numbers]
    assert found.count(None) == 1


def test_what_is_in_the_queue_already_is_left_to_people(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        world.new_case(db, "supervisor")
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
    assert settle(engine) == 0


def test_what_somebody_gave_back_is_not_given_to_anybody_again(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        number = world.new_case(db, "supervisor")
    settle(engine)
    with transaction(engine) as db:
        (holder,) = holders(world, db, number, "intake").values()
        task = next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.queue == "intake")
        release_task(db, world.actor(db, str(holder)), task, note=None, request=new_request())
    assert settle(engine) == 0
    assert verify_log(engine, _home(engine, number)).findings == ()


def test_who_is_away_gets_nothing(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        add_absence(db, world, "officer", "other_officer", "BJ", first=0)
        numbers = [world.new_case(db, "supervisor") for _ in range(2)]
    settle(engine)
    with transaction(engine) as db:
        assert {one for number in numbers for one in holders(world, db, number, "intake").values()} == {"other_officer"}
    assert list(verify_all(engine)) == []


def test_whoever_asked_does_not_get_the_decision(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "supervisor", "round_robin")
        number, _ = to_referral(world, db)
        world.fire(
            db, "supervisor", number, "amend_plan", {"payer": "programme", "skip_assessment": False, "reason": "Less"}
        )
    settle(engine)
    with transaction(engine) as db:
        assert set(holders(world, db, number, "supervisor").values()) == {"second_supervisor"}
    assert list(verify_all(engine)) == []


def test_a_providers_tasks_go_to_its_people(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "provider", "shortest")
        number, _ = to_referral(world, db)
    settle(engine)
    with transaction(engine) as db:
        assert set(holders(world, db, number, "provider").values()) <= {"provider", "provider_lead"}
        assert None not in holders(world, db, number, "provider").values()
    assert list(verify_all(engine)) == []


def test_who_knows_the_case_gets_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "provider", "familiar")
        numbers = [to_referral(world, db) for _ in range(2)]
        for number, referral in numbers:
            world.write(db, "provider_lead", load(db, home_of(db, number), "case"), referral)
    settle(engine)
    with transaction(engine) as db:
        found = {one for number, _ in numbers for one in holders(world, db, number, "provider").values()}
        told = list(read_events(db, home_of(db, number)))[-1]
    assert found == {"provider_lead"}
    assert told.effects["allocation"]["reasons"] == ["knows"]
    assert list(verify_all(engine)) == []


def test_the_dispatcher_makes_a_job_of_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        one = rule(world, db, "intake", "round_robin")
        world.new_case(db, "supervisor")
    dispatch(engine, mailing=False)
    with transaction(engine) as db:
        keys = set(db.execute(text("SELECT queueing_lock FROM procrastinate_jobs")).scalars())
    assert f"allocate {one}" in keys


def test_a_forged_choice_is_found(world: World, engine: Engine, superuser_engine: Engine) -> None:
    """A rule that the queue never had is no excuse for giving a task to somebody."""
    with transaction(engine) as db:
        one = rule(world, db, "intake", "round_robin")
        number = world.new_case(db, "supervisor")
        # As if the rule of the queue were another one than its log says.
        db.execute(text("UPDATE allocations SET strategy = 'shortest' WHERE id = CAST(:id AS uuid)"), {"id": one})
    settle(engine)
    found = verify_log(engine, _home(engine, number)).findings
    assert [one.sentence.split(": ")[1] for one in found] == ["its queue had no such rule."]
    assert any(one.table == "allocations" for one in verify_log(engine, world.programmes["BJ"]).findings)


def test_the_rule_is_chosen_by_whoever_leads_the_queue(world: World, db: Connection) -> None:
    scope = world.programmes["BJ"]
    for name in ("officer", "manager", "administrator", "provider_lead", "foreign_officer"):
        with pytest.raises(NotFound):
            choose_allocation(
                db,
                world.actor(db, name),
                scope=scope,
                queue="intake",
                strategy="shortest",
                cap=None,
                request=new_request(),
            )


def test_the_queue_of_sealed_mediations_has_no_rule(world: World, db: Connection) -> None:
    with pytest.raises(InvalidForm):
        rule(world, db, "dispute_officer", "shortest")


def test_each_sees_the_queues_that_one_leads(world: World, db: Connection) -> None:
    rule(world, db, "provider", "shortest", 3)
    shown = list_allocations(db, world.actor(db, "provider_lead")).items
    assert [(one.queue, one.strategy, one.cap) for one in shown] == [
        ("provider", "shortest", 3),
        ("provider_lead", "none", None),
    ]
    with pytest.raises(NotFound):
        list_allocations(db, world.actor(db, "officer"))


def _home(engine: Engine, number: str) -> str:
    with transaction(engine) as db:
        return home_of(db, number)
