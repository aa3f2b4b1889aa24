"""Checklists in the records: the log folds to the tables, and the verifier says what speaks against a forged tick."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.execution.checklists import items_of
from casework.engine.state.case import Task
from casework.engine.state.effects_schema import TaskChange
from casework.engine.state.events import COMPLETED, Event
from casework.engine.state.projection import fold
from casework.operations.core.perform import home_of
from casework.operations.history.point_in_time import Past
from casework.operations.history.task_judgement import task_reasons
from casework.operations.tasks import service as tasks
from casework.operations.tasks.queries import show_task
from casework.records.case_loader import load
from casework.records.case_writer import rows_of
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

Forge = dict[str, Any]


def _play(world: World, db: Connection) -> Task:
    """A task of the officer's, whose checklist has an item of their own."""
    number, _ = to_referral(world, db)
    officer = world.actor(db, "officer")
    found = next(one for one in load(db, home_of(db, number), "case").open_tasks() if one.name == "kick_off")
    tasks.add_item(db, officer, found.id, words="Book a room", request=new_request())
    return load(db, home_of(db, number), "case").tasks[found.id]


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def task(staged: Task) -> Task:
    return staged


def tick(world: World, db: Connection, task: Task, *, done: bool = True) -> list[Event]:
    """The history with the item ticked."""
    (item,) = items_of(load_library()[task.edition], task)
    tasks.tick_item(db, world.actor(db, "officer"), task.id, item.id, done=done, request=new_request())
    return history(db, task)


def history(db: Connection, task: Task) -> list[Event]:
    log = db.exec_driver_sql("SELECT log_id::text FROM tasks WHERE id = %s::uuid", (task.id,)).scalar_one()
    return list(read_events(db, log))


def reasons(db: Connection, before: list[Event], event: Event) -> list[str]:
    case = fold(before)
    assert case is not None
    return list(task_reasons(load_library(), Past(db), case, event))


def changed(event: Event, **change: Any) -> Event:
    (one,) = event.effects["task_states"]
    return replace(event, effects={**event.effects, "task_states": [cast(TaskChange, {**one, **change})]})


def test_the_log_folds_to_the_tables(world: World, db: Connection, task: Task) -> None:
    events = tick(world, db, task)
    case = fold(events)
    assert case is not None
    assert (
        rows_of(case, load_library())["tasks"]
        == rows_of(load(db, case.log, "case", every_task=True), load_library())["tasks"]
    )


def test_nothing_speaks_against_what_was_done(world: World, db: Connection, task: Task) -> None:
    *before, ticked = tick(world, db, task)
    assert reasons(db, before, ticked) == []
    assert reasons(db, before[:-1], before[-1]) == []


@pytest.mark.parametrize(
    ("forged", "words"),
    [
        ({"item": "nothing"}, "none of the task's checklist"),
        ({"holder": "somebody"}, "more of the task than its checklist"),
        ({"state": "Completed"}, "more of the task than its checklist"),
    ],
)
def test_a_forged_tick_is_found(world: World, db: Connection, task: Task, forged: Forge, words: str) -> None:
    *before, ticked = tick(world, db, task)
    assert any(words in why for why in reasons(db, before, changed(ticked, **forged)))


def test_a_second_tick_is_found(world: World, db: Connection, task: Task) -> None:
    events = tick(world, db, task)
    assert "its item was so already" in reasons(db, events, events[-1])


def test_a_tick_by_somebody_who_only_reads_is_found(world: World, db: Connection, task: Task) -> None:
    *before, ticked = tick(world, db, task)
    forged = replace(ticked, actor=world.people["compliance"], role="compliance")
    assert any("the table of tasks refuses it" in why for why in reasons(db, before, forged))


def test_a_task_finished_without_what_its_checklist_requires_is_found(world: World, db: Connection, task: Task) -> None:
    events = history(db, task)
    library = load_library()
    edition = next(one for one in library.editions.values() if "contract_registration" in one.tasks)
    forged = replace(task, edition=edition.fingerprint, rule="contract_registration")
    case = fold(events)
    assert case is not None
    before = replace(case, tasks={**case.tasks, task.id: forged})
    event = replace(
        events[-1], kind=COMPLETED, effects={"task": task.id, "task_states": [{"id": task.id, "state": "Completed"}]}
    )
    assert "something that its checklist requires was not ticked" in list(
        task_reasons(library, Past(db), before, event)
    )


def test_a_task_is_shown_with_its_list(world: World, db: Connection, task: Task) -> None:
    tick(world, db, task)
    (item,) = show_task(db, world.actor(db, "officer"), task.id).checklist
    assert (item.text, item.done, item.required) == ("Book a room", True, False)
    assert item.by
    assert item.by.id == world.people["officer"]


def test_an_asked_for_gate_begins_with_the_list_of_its_definition(world: World, db: Connection) -> None:
    edition = load_library().latest("case")
    assert edition is not None
    gate = next(rule for rule in edition.tasks.values() if rule.name == "compliance_gate")
    assert [name for name, _ in gate.checklist] == ["end_user", "export_list"]
    # It stands at imports, too.
    words = edition.text("tasks.compliance_gate.items.export_list")
    assert "go abroad" in words
    assert "come in" in words
