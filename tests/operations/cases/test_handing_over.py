"""A case goes to another owner and team: officers who may work on it, by a note, and with what they held."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework import reasons
from casework.engine.state.case import Case
from casework.errors import CaseHasMoved, InvalidForm, NotAllowed
from casework.operations.cases.handing_over import hand_over, refuses_owner
from casework.operations.core.perform import home_of
from casework.operations.people.registry import grant_role
from casework.operations.tasks.service import claim_task
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.world import World, new_request


def _play(world: World, db: Connection) -> str:
    """A case of the officer's, in triage."""
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    return number


pytestmark = pytest.mark.stage(play=_play)


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def test_the_next_owner_works_on_it_and_the_one_before_does_not(world: World, db: Connection, staged: str) -> None:
    (task,) = [one.id for one in case_of(db, staged).open_tasks() if one.name == "triage_check"]
    claim_task(db, world.actor(db, "officer"), task, new_request())
    world.hand_over(db, "supervisor", staged, "other_officer")
    case = case_of(db, staged)
    assert (case.owner, case.team) == (world.people["other_officer"], ())
    assert case.tasks[task].holder is None
    with pytest.raises(NotAllowed):
        world.hand_over(db, "officer", staged, "officer")
    world.hand_over(db, "other_officer", staged, "officer", "other_officer")
    case = case_of(db, staged)
    assert (case.owner, case.team) == (world.people["officer"], (world.people["other_officer"],))
    assert verify_case(db, case.log) == []


def test_only_an_officer_of_the_programme_without_a_conflict_owns_a_case(
    world: World, db: Connection, staged: str
) -> None:
    case, people = case_of(db, staged), world.people
    assert refuses_owner(db, case, people["other_officer"]) is None
    for who in ("supervisor", "foreign_officer", "provider"):
        assert refuses_owner(db, case, people[who]) == reasons.cases.NOT_OFFICER
    interested = replace(case, interests=frozenset({people["other_officer"]}))
    assert refuses_owner(db, interested, people["other_officer"]) == reasons.cases.DECLARED_INTEREST
    # The lab mediates.
    grant_role(db, people["other_officer"], "provider", organisation=world.organisations["lab"])
    assert refuses_owner(db, case, people["other_officer"]) == reasons.cases.MEDIATED_THEN


@pytest.mark.parametrize(
    ("given", "field"),
    [({"owner": "supervisor"}, "owner"), ({"team": ["other_officer", "auditor"]}, "team"), ({"note": " \n"}, "note")],
)
def test_what_does_not_fit_is_told_at_its_field(
    world: World, db: Connection, staged: str, given: dict[str, Any], field: str
) -> None:
    asked = {"owner": "other_officer", "team": [], "note": "For you."} | given
    with pytest.raises(InvalidForm) as refused:
        hand_over(
            db,
            world.actor(db, "officer"),
            staged,
            owner=world.people[asked["owner"]],
            team=[world.people[who] for who in asked["team"]],
            note=asked["note"],
            revision=case_of(db, staged).revision,
            request=new_request(),
        )
    assert set(refused.value.fields) == {field}


def test_a_case_that_has_moved_meanwhile_is_not_handed_over(world: World, db: Connection, staged: str) -> None:
    with pytest.raises(CaseHasMoved):
        hand_over(
            db,
            world.actor(db, "officer"),
            staged,
            owner=world.people["other_officer"],
            team=[],
            note="For you.",
            revision=case_of(db, staged).revision - 1,
            request=new_request(),
        )
