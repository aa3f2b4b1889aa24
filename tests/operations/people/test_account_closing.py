"""What hangs on an account, and ends with it."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.operations.core.perform import SYSTEM
from casework.operations.people.account_closing import cases_left, close, find_leaving
from casework.operations.people.role_ending import end_roles
from casework.operations.people.role_requests import ask_role, list_requests
from casework.operations.verification.service import verify_case
from casework.records.actors import find_actor
from tests.support.world import World


def test_with_an_account_end_its_roles_and_what_was_asked_for(world: World, db: Connection) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    person, programme = world.people["officer"], world.programmes["BJ"]
    ask_role(db, person, "manager", programme=programme)
    leaving = find_leaving(db, person)
    assert (set(leaving.programmes), len(leaving.roles), list(leaving.asked_in)) == ({programme}, 1, [programme])
    assert cases_left(db, person) == {"Beijing pilot": 1}
    end_roles(db, leaving.roles, SYSTEM, also=leaving.asked_in)
    close(db, find_leaving(db, person), SYSTEM, because={"file": "d"})
    assert find_actor(db, person) is None
    assert {one.state for one in list_requests(db, world.actor(db, "supervisor")).items} == {"refused"}
    assert verify_case(db, programme) == []
    assert verify_case(db, person) == []
