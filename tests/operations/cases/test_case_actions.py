"""Who may do nothing in a case for a reason that lies with the person: also through somebody who stands in."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import NotAllowed
from casework.operations.cases.case_actions import declare_interest
from casework.operations.core.idempotency import Request
from casework.operations.core.perform import home_of
from casework.operations.people.registry import grant_role
from casework.operations.tasks.queue_counts import count_queues
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import claim_task
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


def declare(db: Connection, world: World, who: str, number: str) -> None:
    asked = new_request()
    declare_interest(
        db, world.actor(db, who), number, nature="A cousin.", request=Request(asked.key, asked.digest, sure=True)
    )


def kick_off(db: Connection, number: str) -> str:
    return next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.name == "kick_off")


def test_a_deputy_does_nothing_for_an_owner_who_has_declared_an_interest(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    declare(db, world, "officer", number)
    with pytest.raises(NotAllowed):
        claim_task(db, world.actor(db, "other_officer"), kick_off(db, number), new_request())


def test_a_deputy_is_not_offered_the_tasks_of_an_owner_who_has_declared_an_interest(
    world: World, db: Connection
) -> None:
    number, _ = to_referral(world, db)
    add_absence(db, world, "officer", "other_officer", "BJ", first=0)
    deputy = world.actor(db, "other_officer")
    before = {one.id for one in list_tasks(db, deputy, view="queue").items}
    counted = sum(one.count for one in count_queues(db, deputy))
    declare(db, world, "officer", number)
    gone = before - {one.id for one in list_tasks(db, deputy, view="queue").items}
    assert kick_off(db, number) in gone
    assert counted - sum(one.count for one in count_queues(db, deputy)) == len(gone)


def to_both_sides(db: Connection, world: World, provider: str = "lab") -> None:
    grant_role(db, world.people["officer"], "provider", organisation=world.organisations[provider])


def test_nobody_of_the_provider_acts_for_the_office_in_its_referral(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    to_both_sides(db, world)
    with pytest.raises(NotAllowed):
        world.fire(db, "officer", number, "cancel", {}, track=referral)


def test_whoever_is_on_both_sides_still_works_for_the_provider(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    to_both_sides(db, world)
    task = next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.track == referral)
    claim_task(db, world.actor(db, "officer"), task, new_request())
    assert verify_case(db, home_of(db, number)) == []


def test_the_rest_of_the_case_is_open_to_whoever_is_on_both_sides(world: World, db: Connection) -> None:
    """Of a provider that does not mediate: whoever may have to do with mediations decides in no case."""
    number, _ = to_referral(world, db, more_plan={"pledge": "bank"})
    to_both_sides(db, world, "bank")
    claim_task(db, world.actor(db, "officer"), kick_off(db, number), new_request())
    assert verify_case(db, home_of(db, number)) == []
