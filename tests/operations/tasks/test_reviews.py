"""Reviews in the records: the log folds to the tables, words come back with the form, and the verifier knows four eyes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.effects_schema import TaskChange
from casework.engine.state.events import COMPLETED, Event
from casework.engine.state.projection import fold
from casework.operations.cases.handing_over import hand_over
from casework.operations.core.perform import home_of
from casework.operations.history.point_in_time import Past
from casework.operations.history.task_judgement import task_reasons
from casework.operations.tasks import service as tasks
from casework.operations.tasks.queries import prepared
from casework.records.case_loader import load
from casework.records.case_writer import rows_of
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

DATA = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True, "note": "Short."}


@pytest.fixture
def task(world: World, db: Connection) -> str:
    """The first meeting, which the officer asked the other officer to review."""
    number, _ = to_referral(world, db)
    case = load(db, home_of(db, number), "case")
    hand_over(
        db,
        world.actor(db, "officer"),
        number,
        owner=world.people["officer"],
        team=[world.people["other_officer"]],
        note="Help me.",
        revision=case.revision,
        request=new_request(),
    )
    found = next(one.id for one in case.open_tasks() if one.name == "kick_off")
    tasks.ask_review(
        db, world.actor(db, "officer"), found, person=world.people["other_officer"], data=DATA, request=new_request()
    )
    return found


def answer(world: World, db: Connection, task: str, *, approve: bool) -> None:
    by = world.actor(db, "other_officer")
    tasks.answer_review(db, by, task, approve=approve, note="Who took the minutes?", request=new_request())


def history(db: Connection, task: str) -> list[Event]:
    log = db.exec_driver_sql("SELECT log_id::text FROM tasks WHERE id = %s::uuid", (task,)).scalar_one()
    return list(read_events(db, log))


def reasons(db: Connection, before: list[Event], event: Event) -> list[str]:
    case = fold(before)
    assert case is not None
    return list(task_reasons(load_library(), Past(db), case, event))


def changed(event: Event, **change: Any) -> Event:
    (one,) = event.effects["task_states"]
    return replace(event, effects={**event.effects, "task_states": [cast(TaskChange, {**one, **change})]})


def test_the_log_of_a_whole_review_folds_to_the_tables_and_nothing_speaks_against_it(
    world: World, db: Connection, task: str
) -> None:
    answer(world, db, task, approve=True)
    tasks.complete_task(db, world.actor(db, "officer"), task, data=DATA, happened_on=None, request=new_request())
    events = history(db, task)
    case = fold(events)
    assert case is not None
    assert (
        rows_of(case, load_library())["tasks"]
        == rows_of(load(db, case.log, "case", every_task=True), load_library())["tasks"]
    )
    assert [one.kind for one in events[-3:]] == ["review_asked", "approved", "completed"]
    assert [reasons(db, events[:n], events[n]) for n in range(len(events) - 3, len(events))] == [[], [], []]


def test_the_form_comes_back_with_its_words(world: World, db: Connection, task: str) -> None:
    answer(world, db, task, approve=False)
    assert prepared(db, task) == DATA


def test_a_review_by_whoever_asked_for_it_is_found(world: World, db: Connection, task: str) -> None:
    answer(world, db, task, approve=True)
    *before, event = history(db, task)
    assert "its actor was not asked to review it" in reasons(db, before, replace(event, actor=world.people["officer"]))


def test_a_review_by_a_deputy_of_whoever_asked_for_it_is_found(world: World, db: Connection, task: str) -> None:
    answer(world, db, task, approve=True)
    *before, event = history(db, task)
    forged = replace(event, acting_for=world.people["officer"])
    assert "whoever asked for the review answered it" in reasons(db, before, forged)


def test_an_approval_of_something_else_is_found(world: World, db: Connection, task: str) -> None:
    answer(world, db, task, approve=True)
    *before, event = history(db, task)
    assert "it changes what was proposed" in reasons(db, before, changed(event, result={"held_on": "2026-01-06"}))


def test_finishing_something_else_than_was_approved_is_found(world: World, db: Connection, task: str) -> None:
    answer(world, db, task, approve=True)
    tasks.complete_task(db, world.actor(db, "officer"), task, data=DATA, happened_on=None, request=new_request())
    *before, event = history(db, task)
    assert event.kind == COMPLETED
    assert "something else was approved" in reasons(db, before, changed(event, result={"held_on": "2026-01-06"}))
