"""A sealed mediation is handed over to a dispute officer of its programme, and to nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.errors import InvalidForm, NotFound
from casework.operations.mediations.service import (
    find_mediation,
    hand_over_mediation,
    list_leaders,
    list_mediations,
    open_mediation,
)
from casework.operations.people.registry import grant_role, register_person
from casework.operations.people.role_ending import end_roles
from casework.operations.verification.service import verify_case
from tests.support.world import World, new_request


def mediate(world: World, db: Connection) -> str:
    """A mediation about a new case; gives its id."""
    return str(open_mediation(db, world.actor(db, "dispute_officer"), world.new_case(db), new_request()).answer["id"])


def another(world: World, db: Connection, name: str = "second_dispute_officer") -> str:
    """One more dispute officer of the programme."""
    world.people[name] = register_person(db, email=f"{name}@example.org", name=name.replace("_", " ").title())
    grant_role(db, world.people[name], Role.DISPUTE_OFFICER, programme=world.programmes["BJ"])
    return world.people[name]


def membership(db: Connection, person: str) -> str:
    return str(
        db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid) AND ends_at IS NULL"), {"id": person}
        ).scalar_one()
    )


def give(
    world: World, db: Connection, mediation: str, owner: str, team: list[str], by: str = "dispute_officer"
) -> None:
    revision = db.execute(
        text("SELECT revision FROM mediations WHERE id = CAST(:id AS uuid)"), {"id": mediation}
    ).scalar_one()
    hand_over_mediation(
        db,
        world.actor(db, by),
        mediation,
        owner=owner,
        team=team,
        note="It stands at the first meeting.",
        revision=revision,
        request=new_request(),
    )


def test_it_is_handed_over_and_whoever_gave_it_reads_it_no_more(world: World, db: Connection) -> None:
    mediation, second = mediate(world, db), another(world, db)
    give(world, db, mediation, second, [])
    assert [one.id for one in list_mediations(db, world.actor(db, "second_dispute_officer")).items] == [mediation]
    with pytest.raises(NotFound):
        find_mediation(db, world.actor(db, "dispute_officer"), mediation)
    assert verify_case(db, mediation) == []


def test_whoever_stands_in_reads_it_and_works_on_it(world: World, db: Connection) -> None:
    mediation, second = mediate(world, db), another(world, db)
    give(world, db, mediation, world.people["dispute_officer"], [second])
    # And may give it on while the first is away.
    give(world, db, mediation, second, [], by="second_dispute_officer")
    assert verify_case(db, mediation) == []


@pytest.mark.parametrize("who", ["officer", "supervisor", "foreign_officer", "auditor", "provider"])
def test_it_goes_to_nobody_but_a_dispute_officer_of_the_programme(world: World, db: Connection, who: str) -> None:
    mediation = mediate(world, db)
    with pytest.raises(InvalidForm):
        give(world, db, mediation, world.people[who], [])
    with pytest.raises(InvalidForm):
        give(world, db, mediation, world.people["dispute_officer"], [world.people[who]])


def test_nor_to_one_who_decided_in_the_case(world: World, db: Connection) -> None:
    mediation = mediate(world, db)
    number = db.execute(text("SELECT c.number FROM cases c JOIN mediations m ON m.case_id = c.id")).scalar_one()
    world.fire(db, "other_officer", number, "take")
    world.fire(
        db,
        "other_officer",
        number,
        "hold",
        {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget"},
    )
    db.execute(text("UPDATE cases SET owner_id = NULL"))
    end_roles(
        db, [membership(db, world.people["other_officer"])], By(world.people["administrator"], Role.ADMINISTRATOR)
    )
    grant_role(db, world.people["other_officer"], Role.DISPUTE_OFFICER, programme=world.programmes["BJ"])
    leaders = list_leaders(db, world.actor(db, "dispute_officer"), mediation).items
    assert [one.id for one in leaders] == [world.people["dispute_officer"]]
