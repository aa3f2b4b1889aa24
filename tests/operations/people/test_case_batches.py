"""A batch is proposed by one person and agreed to by another one, and is stopped, goes on or ends by whoever decides on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.engine.batches import BATCH_CANCELLED, BATCH_RESUMED, BATCH_SUSPENDED
from casework.errors import InvalidForm, NotAllowed, NotFound, RecordHasMoved, Refused
from casework.operations.cases.case_actions import declare_interest
from casework.operations.people.case_batches import list_batches
from casework.operations.people.case_migrations import move_case, stands_alike
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.people.batch_scene import Batching, set_batching
from tests.support.world import World, new_request


@pytest.fixture
def batching(world: World, engine: Engine, owner_engine: Engine) -> Batching:
    return set_batching(engine, owner_engine, world)


def refused_with(error: type[Exception], *tries: Callable[[], Any]) -> None:
    for one in tries:
        with pytest.raises(error):
            one()


def test_two_persons_decide_and_nobody_alone(batching: Batching) -> None:
    refused_with(NotFound, *(lambda by=by: batching.propose(by) for by in ("officer", "auditor", "foreign_officer")))
    refused_with(NotAllowed, lambda: batching.propose("administrator"))
    refused_with(InvalidForm, lambda: batching.propose(reason=" "))
    refused_with(Refused, lambda: batching.propose(digest="0" * 64), lambda: batching.propose(numbers=["BJ-0"]))
    first = batching.propose()
    asked = batching.propose(numbers=sorted(batching.numbers.values()))
    assert asked["cases"] == len(batching.numbers)
    id, seen = asked["id"], asked["version"]
    refused_with(NotAllowed, lambda: batching.decide(id, seen, by="supervisor"))
    refused_with(NotFound, lambda: batching.decide(id, seen, by="officer"), lambda: batching.show(id, by="auditor"))
    refused_with(RecordHasMoved, lambda: batching.decide(id, seen - 1))
    refused_with(Refused, lambda: batching.decide(first["id"], seen), lambda: batching.steer(id, BATCH_SUSPENDED))
    refused_with(InvalidForm, lambda: batching.decide(id, seen, agree=False))
    assert batching.carry_on() == 0
    shown = batching.show(id, by="administrator")
    assert (shown.state, shown.decides, shown.cases, shown.waiting) == ("asked", True, len(batching.numbers), 0)
    assert {(one.state, one.verdict) for one in shown.outcomes} == {
        ("listed", "moves"),
        ("listed", "moves_with_mapping"),
    }
    assert batching.show(first["id"]).state == "replaced"
    assert batching.decide(id, seen, agree=False, note="Not yet.")["state"] == "refused"
    assert list(verify_all(batching.engine)) == []


def test_it_is_stopped_goes_on_ends_and_is_taken_back(batching: Batching) -> None:
    before = batching.cases()
    id = batching.agree()
    refused_with(Refused, batching.propose, lambda: batching.revert(id), lambda: batching.steer(id, BATCH_RESUMED))
    refused_with(NotFound, lambda: batching.steer(id, BATCH_SUSPENDED, by="officer"))
    assert batching.steer(id, BATCH_SUSPENDED) == "suspended"
    assert (batching.carry_on(), batching.cases()) == (0, before)
    # What moved meanwhile by somebody's own hand stays, and is told so.
    with transaction(batching.engine) as db:
        move_case(db, batching.world.actor(db, "supervisor"), batching.homes["sent"], batching.plan)
    assert batching.steer(id, BATCH_RESUMED, by="administrator") == "running"
    assert batching.carry_on() == batching.show(id).cases
    shown = batching.show(id)
    stayed = {one.number: [str(why) for why in one.why] for one in shown.outcomes if one.state == "stays"}
    assert stayed[batching.numbers["sent"]] == ["The case runs by the later edition already."]
    assert (shown.state, shown.failed, shown.waiting, shown.steers) == ("ended", 0, 0, False)
    assert (shown.moved, shown.stayed) == (shown.cases - len(stayed), len(stayed))
    assert [one.what for one in shown.steps] == [BATCH_SUSPENDED, BATCH_RESUMED]
    assert batching.show(id, state="moved", limit=1).next is not None
    assert list(verify_all(batching.engine)) == []
    back = batching.revert(id)
    assert batching.steer(back, BATCH_CANCELLED) == "cancelled"
    assert batching.carry_on() == 0
    back = batching.revert(id)
    batching.carry_on()
    assert (batching.show(back).moved, batching.show(back).reverts) == (shown.moved, id)
    after = batching.cases()
    assert {name: stands_alike(before[name], after[name]) for name in before} == {
        name: name != "sent" for name in before
    }
    refused_with(Refused, lambda: batching.revert(id), lambda: batching.revert(back))
    assert list(verify_all(batching.engine)) == []


def test_who_keeps_out_of_a_case_learns_nothing_of_it_from_a_batch(batching: Batching) -> None:
    id, world = batching.agree(), batching.world
    batching.carry_on()
    told = batching.show(id)
    with transaction(batching.engine) as db:
        by = world.actor(db, "supervisor")
        declare_interest(db, by, batching.numbers["consent"], nature="A cousin.", request=new_request())
    shown = batching.show(id)
    assert (shown.cases, shown.moved) == (told.cases - 1, told.moved - 1)
    assert batching.numbers["consent"] not in {one.number for one in shown.outcomes}
    assert batching.show(id, by="administrator").cases == told.cases
    with transaction(batching.engine) as db:
        rows = list_batches(db, world.actor(db, "supervisor")).items
        assert [(row.id, row.cases) for row in rows] == [(id, shown.cases)]
        assert list_batches(db, world.actor(db, "officer")).items == []
        with pytest.raises(NotFound):
            list_batches(db, world.actor(db, "officer"), batching.programme)
