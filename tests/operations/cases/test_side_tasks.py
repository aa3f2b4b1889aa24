"""Side tasks are added by those for whom the workflow has them, for a queue or for somebody who works it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.case import READY, RESERVED, Case, Task
from casework.errors import CaseworkError, InvalidForm, NotAllowed, NotFound
from casework.operations.cases.side_tasks import add_task, whom_for
from casework.operations.core.idempotency import Done
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


def _play(world: World, db: Connection) -> str:
    """A case of the officer's at the step of assessment, with the other officer in its team."""
    number, _ = to_referral(world, db)
    world.hand_over(db, "officer", number, "officer", "other_officer")
    return number


pytestmark = pytest.mark.stage(play=_play)


def case_of(db: Connection, number: str) -> Case:
    return load(db, home_of(db, number), "case")


def add(db: Connection, world: World, number: str, by: str, task: str, person: str | None = None) -> Done:
    return add_task(
        db,
        world.actor(db, by),
        home_of(db, number),
        "case",
        world.main_track(db, number),
        task=task,
        about=None,
        request=new_request(),
        person=world.people[person] if person else None,
        note="For you." if person else None,
    )


def added(db: Connection, number: str, done: Done) -> Task:
    (id,) = done.answer["tasks"]
    return case_of(db, number).tasks[id]


def test_a_task_lies_in_its_queue_or_with_the_person_named(world: World, db: Connection, staged: str) -> None:
    free = added(db, staged, add(db, world, staged, "supervisor", "consent_lost"))
    assert (free.name, free.state, free.holder) == ("consent_lost", READY, None)
    for by, person in (("supervisor", "other_officer"), ("officer", "officer")):
        given = added(db, staged, add(db, world, staged, by, "consent_lost", person))
        assert (given.state, given.holder) == (RESERVED, world.people[person])
    assert verify_case(db, home_of(db, staged)) == []


@pytest.mark.parametrize("person", ["supervisor", "compliance", "foreign_officer", "provider"])
def test_nobody_is_given_what_is_in_no_queue_of_theirs(world: World, db: Connection, staged: str, person: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        add(db, world, staged, "officer", "consent_lost", person)
    assert set(refused.value.fields) == {"person"}


@pytest.mark.parametrize(
    ("by", "task", "refusal"),
    [
        ("officer", "no_such_task", NotFound),
        # The engine alone opens it.
        ("officer", "too_few_results", NotAllowed),
        ("supervisor", "renew_consent", NotAllowed),
        ("auditor", "renew_consent", NotAllowed),
        ("provider", "renew_consent", NotFound),
        ("foreign_officer", "renew_consent", NotFound),
    ],
)
def test_a_task_is_added_by_those_for_whom_it_is(
    world: World, db: Connection, staged: str, by: str, task: str, refusal: type[CaseworkError]
) -> None:
    with pytest.raises(refusal):
        add(db, world, staged, by, task)
    assert add(db, world, staged, "officer", "renew_consent").status == 201


def test_those_who_work_its_queue_in_this_case_are_offered(world: World, db: Connection, staged: str) -> None:
    case = case_of(db, staged)
    tasks = load_library()[case.main.edition].tasks

    def offered(name: str) -> list[str]:
        return [told for _, told in whom_for(db, case, case.main, tasks[name])]

    assert offered("consent_lost") == ["Officer", "Other Officer"]
    assert offered("screening") == ["Compliance", "Second Compliance"]
