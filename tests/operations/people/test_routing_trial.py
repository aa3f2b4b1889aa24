"""A routing table tried on past tasks: which of them would have come to somebody else."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import NotAllowed, NotFound
from casework.operations.people.routing_trial import try_routing
from casework.operations.people.routing_views import RoutingTrial
from casework.records.database import transaction
from tests.operations.people.test_programme_routing import propose, set_table
from tests.operations.tasks.test_allocation import rule, settle
from tests.support.world import World


def tried(db: Connection, world: World, by: str = "supervisor") -> RoutingTrial:
    return try_routing(db, world.actor(db, by), world.programmes["BJ"])


def test_without_past_tasks_there_is_nothing_to_try(world: World, db: Connection) -> None:
    assert tried(db, world) == RoutingTrial(proposed=False, tried=0, hit=0, items=[])


def test_what_a_rule_gave_is_given_again_with_the_same_people(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        numbers = {world.new_case(db, "supervisor") for _ in range(4)}
    settle(engine)
    with transaction(engine) as db:
        assert (tried(db, world).tried, tried(db, world).hit) == (4, 0)
        propose(db, world, ({"queue": '"intake"'}, "officer"))
        told = tried(db, world)
    assert (told.proposed, told.tried, told.hit, len(told.items)) == (True, 4, 4, 2)
    assert {one.case for one in told.items} < numbers
    assert {(one.was.id, one.would.id, *one.hits) for one in told.items} == {
        (world.people["other_officer"], world.people["officer"], 1)
    }


def test_who_could_not_have_had_a_task_would_not_have_got_it(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        rule(world, db, "intake", "round_robin")
        world.new_case(db, "supervisor")
    settle(engine)
    with transaction(engine) as db:
        propose(db, world, ({"queue": '"intake"'}, "supervisor"))
        told = tried(db, world)
    assert (told.tried, told.hit, told.items) == (1, 1, [])


def test_what_people_took_would_have_come_to_whom_a_row_names(world: World, db: Connection) -> None:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    set_table(db, world, ({"queue": '"intake", "officer"'}, "other_officer"))
    told = tried(db, world)
    assert (told.proposed, told.tried) == (False, len(told.items))
    assert {(one.case, one.was.id, one.would.id) for one in told.items} == {
        (number, world.people["officer"], world.people["other_officer"])
    }


def test_only_who_proposes_tries(world: World, db: Connection) -> None:
    with pytest.raises(NotAllowed):
        tried(db, world, "administrator")
    for name in ("officer", "foreign_officer", "auditor"):
        with pytest.raises(NotFound):
            tried(db, world, name)
