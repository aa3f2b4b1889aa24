"""A transition is fired where its track stands, by whom it is for, on what they saw; or proposed, and confirmed by a second."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Case
from casework.errors import CaseHasMoved, CaseworkError, InvalidForm, NotAllowed, NotFound, WrongState
from casework.json_values import JsonValue
from casework.operations.cases.transitions import fire_transition
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.world import World, new_request, today

STOP = {"reason": "regulation", "found_on": today().isoformat(), "source": "List 7", "finding": "On a list."}


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def test_what_was_fired_is_answered_with_where_the_track_stands(world: World, db: Connection) -> None:
    number = world.new_case(db)
    done = world.fire(db, "officer", number, "take")
    case = case_of(db, number)
    assert done.answer == {
        "track": case.main.id,
        "revision": case.main.revision,
        "states": ["triage"],
        "ended": None,
    }
    assert case.owner == world.people["officer"]
    assert verify_case(db, case.log) == []


def test_what_is_nowhere_is_not_found_and_what_is_elsewhere_says_where_it_stands(world: World, db: Connection) -> None:
    number = world.new_case(db)
    with pytest.raises(NotFound):
        world.fire(db, "officer", number, "no_such_action")
    with pytest.raises(WrongState) as refused:
        world.fire(db, "officer", number, "pass_triage")
    assert refused.value.code == "cases.stands_at"


def test_nobody_fires_on_another_revision_than_they_saw(world: World, db: Connection) -> None:
    number = world.new_case(db)
    case = case_of(db, number)

    def take(revision: int) -> Done:
        return fire_transition(
            db,
            world.actor(db, "officer"),
            case.log,
            "case",
            case.main.id,
            transition="take",
            data={},
            revision=revision,
            request=new_request(),
        )

    with pytest.raises(CaseHasMoved):
        take(case.main.revision - 1)
    assert take(case.main.revision).answer["states"] == ["triage"]


@pytest.mark.parametrize(
    ("who", "refusal"),
    [("supervisor", NotAllowed), ("auditor", NotAllowed), ("provider", NotFound), ("foreign_officer", NotFound)],
)
def test_a_transition_is_for_its_roles(world: World, db: Connection, who: str, refusal: type[CaseworkError]) -> None:
    number = world.new_case(db)
    with pytest.raises(refusal):
        world.fire(db, who, number, "take")
    assert case_of(db, number).main.states == ("proposed",)


def test_a_form_names_people_who_can_take_the_part(world: World, db: Connection) -> None:
    number = world.new_case(db)
    with pytest.raises(InvalidForm) as refused:
        world.fire(db, "supervisor", number, "assign", {"officer": world.people["compliance"]})
    assert set(refused.value.fields) == {"officer"}
    world.fire(db, "supervisor", number, "assign", {"officer": world.people["other_officer"]})
    assert case_of(db, number).owner == world.people["other_officer"]


def test_every_fault_of_a_form_is_told_at_once(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")

    def refused(said: dict[str, JsonValue]) -> tuple[dict[str, str], list[str]]:
        with pytest.raises(InvalidForm) as refusal:
            world.fire(db, "officer", number, "propose_close", said)
        codes = {name: why.code for name, why in refusal.value.fields.items()}
        return codes, [getattr(why, "code", "") for why in refusal.value.beside]

    # What is not on a list of the programme, what is missing, and what the case itself has against the answer that is sound.
    wrong: dict[str, JsonValue] = {"outcome": "deployed_verified", "reason": "2026/no_such_reason"}
    fields, beside = refused(wrong)
    assert fields == {"reason": "lists.not_listed", "statements": "fields.required"}
    assert "case.guards.deployed_at_a_site" in beside
    # By an answer that is faulty itself no guard judges.
    fields, beside = refused({**wrong, "outcome": "no_such_outcome"})
    assert set(fields) == {"outcome", "reason", "statements"}
    assert beside == []
    assert case_of(db, number).main.states == ("triage",)


def test_what_the_case_does_not_know_is_told_beside_what_is_missing(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    with pytest.raises(InvalidForm) as refusal:
        world.fire(
            db, "compliance", number, "compliance_stop", {**STOP, "finding": "", "evidence": [world.people["officer"]]}
        )
    assert set(refusal.value.fields) == {"finding", "evidence"}


def test_what_one_proposed_another_confirms_without_a_form(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    world.fire(db, "compliance", number, "compliance_stop", STOP)
    assert case_of(db, number).main.states == ("triage",)
    for who in ("officer", "supervisor", "compliance"):
        with pytest.raises(NotAllowed):
            world.fire(db, who, number, "compliance_stop")
    done = world.fire(db, "second_compliance", number, "compliance_stop")
    assert done.answer["states"] == ["closing"]
    assert verify_case(db, home_of(db, number)) == []
