"""What the log of a finding says is found where it could not have happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from casework.engine.state.events import RegisterEvent
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.audit.finding_owners import assign_finding
from casework.operations.history.point_in_time import Past
from casework.operations.verification.finding_judgement import finding_faults
from casework.records.event_log import read_register
from tests.operations.audit.test_finding_owners import in_days
from tests.operations.audit.test_findings import answered, raised
from tests.support.world import World, new_request


@pytest.fixture
def told(world: World, db: Connection) -> list[RegisterEvent]:
    number = world.open_case(db)
    world.fire(db, "officer", number, "take")
    finding = raised(world, db, number)
    assign_finding(
        db,
        world.actor(db, "auditor"),
        finding,
        owner=world.people["officer"],
        due_on=in_days(world, db, 7),
        request=new_request(),
    )
    answered(world, db, finding)
    return list(read_register(db, finding))


def faults(db: Connection, events: list[RegisterEvent]) -> list[int]:
    """At which events something was not as it may be."""
    return sorted({seq for seq, _ in finding_faults(Past(db), events)})


def test_what_was_done_as_it_may_be_has_no_fault(db: Connection, told: list[RegisterEvent]) -> None:
    assert faults(db, told) == []


def test_an_owner_named_by_somebody_else_is_found(world: World, db: Connection, told: list[RegisterEvent]) -> None:
    assert faults(db, [told[0], replace(told[1], actor=world.people["officer"]), told[2]]) == [2]
    assert faults(db, [told[0], replace(told[1], role="officer"), told[2]]) == [2]


def test_a_raiser_who_is_to_answer_is_found(db: Connection, told: list[RegisterEvent]) -> None:
    effects: RegisterEffects = {**told[1].effects, "owner": told[0].actor}
    assert faults(db, [told[0], replace(told[1], effects=effects), told[2]]) == [2]


def test_an_answer_by_the_raiser_is_found_with_an_assignment_between(db: Connection, told: list[RegisterEvent]) -> None:
    assert faults(db, [told[0], told[1], replace(told[2], actor=told[0].actor)]) == [3]


def test_a_day_that_passed_before_its_time_is_found(db: Connection, told: list[RegisterEvent]) -> None:
    fell = replace(told[2], kind="fell_due", actor="system", role="system", body={})
    assert faults(db, [told[0], told[1], fell]) == [3]
    assert faults(db, [told[0], told[1], replace(fell, at=fell.at + timedelta(days=60))]) == []
    assert faults(db, [told[0], replace(fell, seq=2)]) == [2]
