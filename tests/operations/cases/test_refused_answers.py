"""Who is about to close a case sees which outcomes its records do not carry."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.case import Case
from casework.operations.cases.refused_answers import refused_answers, refused_in_task
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from tests.support.world import World
from tests.workflows.case_facts import fired
from tests.workflows.test_impact_guards import record


@pytest.fixture
def closing(world: World, db: Connection) -> Case:
    case = load(db, home_of(db, world.open_case(db)), "case")
    main = replace(case.main, states=("closing",), fired={"sign": fired(1), "accept_site": fired(2)})
    return replace(case, tracks={**case.tracks, main.id: main})


@pytest.mark.parametrize(
    ("level", "missing"),
    [
        (None, ["deployed_verified", "deployed_measured"]),
        ("claimed", ["deployed_verified", "deployed_measured"]),
        ("measured", ["deployed_verified"]),
        ("verified", []),
    ],
)
def test_outcomes_without_their_records_are_named(
    world: World, db: Connection, closing: Case, level: str | None, missing: list[str]
) -> None:
    # A record tells of an effect beside its baseline.
    known = {"0": record("baseline", id="0"), "1": replace(record(level), baseline="0")} if level else {}
    case = replace(closing, impacts=known)
    told = refused_answers(db, world.actor(db, "supervisor"), case, case.main.id, "close")
    # Nobody closes as stopped what was not stopped.
    assert {name: list(answers) for name, answers in told.items()} == {"outcome": [*missing, "compliance_stop"]}


def test_outcomes_that_did_not_happen_are_named(world: World, db: Connection, closing: Case) -> None:
    case = replace(closing, tracks={**closing.tracks, closing.main.id: replace(closing.main, fired={})})
    told = refused_answers(db, world.actor(db, "supervisor"), case, case.main.id, "close")
    assert [*told["outcome"]] == [
        "deployed_verified",
        "deployed_measured",
        "deployed_unmeasured",
        "agreement_no_site",
        "agreement_only",
        "compliance_stop",
    ]


def test_an_action_without_a_form_refuses_no_answer(world: World, db: Connection, closing: Case) -> None:
    actor = world.actor(db, "officer")
    assert refused_answers(db, actor, closing, closing.main.id, "take") == {}
    assert refused_answers(db, actor, closing, closing.main.id, "nothing") == {}


def test_what_refuses_a_task_whatever_is_answered_is_told_apart(world: World, db: Connection, closing: Case) -> None:
    actor, edition = world.actor(db, "officer"), load_library()[closing.main.edition]
    rule = edition.tasks["ask_verification"]
    told = refused_in_task(db, actor, closing, closing.main, rule)
    assert told == {"": {"": ["there_is_something_to_verify"]}}
    # What is read in the form alone is not refused before it is given.
    assert refused_in_task(db, actor, closing, closing.main, edition.tasks["record_baseline"]) == {}
