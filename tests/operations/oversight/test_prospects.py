"""Nobody goes, for good or for a time, without being told of the cases that nobody else could finish."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection, text

from casework.errors import CasesStranded
from casework.operations.core.idempotency import Request
from casework.operations.people.absences import record_absence
from casework.operations.people.registry import end_role
from casework.operations.people.service import deactivate_person, end_membership
from tests.support.world import World, new_request, today

PROPOSAL = {"outcome": "dormant", "reason": "other/other", "statements": "No interest any more."}


@pytest.fixture
def closing(world: World, db: Connection) -> str:
    """A case that its officer has proposed to close, with one supervisor left."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    world.fire(db, "officer", number, "propose_close", PROPOSAL)
    end_role(db, role_of(db, world, "second_supervisor"))
    return number


def role_of(db: Connection, world: World, who: str) -> str:
    found = db.execute(
        text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people[who]}
    )
    return str(found.scalar_one())


def surely() -> Request:
    asked = new_request()
    return Request(asked.key, asked.digest, sure=True)


def go_away(db: Connection, world: World, substitute: str, request: Request) -> None:
    tomorrow = today() + timedelta(days=1)
    record_absence(
        db,
        world.actor(db, "supervisor"),
        scope=world.programmes["BJ"],
        person=world.people["supervisor"],
        substitute=world.people[substitute],
        first_day=tomorrow,
        last_day=tomorrow + timedelta(days=7),
        request=request,
    )


def test_the_last_supervisors_role_does_not_end_unasked(closing: str, world: World, db: Connection) -> None:
    with pytest.raises(CasesStranded) as told:
        end_membership(db, world.actor(db, "administrator"), role_of(db, world, "supervisor"), new_request())
    # An administrator sees no case, not even its number.
    assert (told.value.details["cases"], closing in told.value.message) == ("1", False)


def test_it_ends_for_whoever_is_sure(closing: str, world: World, db: Connection) -> None:
    done = end_membership(db, world.actor(db, "administrator"), role_of(db, world, "supervisor"), surely())
    assert done.answer["ended"]


def test_the_last_supervisors_account_is_not_closed_unasked(closing: str, world: World, db: Connection) -> None:
    with pytest.raises(CasesStranded):
        deactivate_person(db, world.actor(db, "administrator"), world.people["supervisor"], new_request())


def test_a_role_that_another_one_holds_too_ends_at_once(world: World, db: Connection) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    end_membership(db, world.actor(db, "administrator"), role_of(db, world, "supervisor"), new_request())


def test_who_proposed_closing_is_no_substitute_for_the_one_who_closes(
    closing: str, world: World, db: Connection
) -> None:
    with pytest.raises(CasesStranded) as told:
        go_away(db, world, "officer", new_request())
    assert closing in told.value.message


def test_another_substitute_leaves_no_case_to_nobody(closing: str, world: World, db: Connection) -> None:
    go_away(db, world, "other_officer", new_request())
