"""What a verifier says of operations on tasks that nobody could have done so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
from sqlalchemy import Connection

from casework.definitions import load_library
from casework.engine.state.effects_schema import TaskChange
from casework.engine.state.events import Event
from casework.engine.state.projection import fold
from casework.operations.cases.handing_over import hand_over
from casework.operations.core.perform import home_of
from casework.operations.history.point_in_time import Past
from casework.operations.history.task_judgement import task_reasons
from casework.operations.tasks import service as tasks
from casework.records.case_loader import load
from casework.records.event_log import read_events
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request

Forged = Callable[[World, Event], Event]


def changed(event: Event, **change: Any) -> Event:
    """The event with another change of its task."""
    (one,) = event.effects["task_states"]
    return replace(event, effects={**event.effects, "task_states": [cast(TaskChange, {**one, **change})]})


FORGED: dict[str, tuple[Forged, str]] = {
    "by who leads no queue": (
        lambda world, event: replace(event, actor=world.people["compliance"], role="compliance"), "the table of tasks refuses it",
    ),
    "to who does not work it": (
        lambda world, event: changed(event, holder=world.people["compliance"], to=world.people["compliance"]),
        "somebody who did not work its queue",
    ),
    "to another than it names": (
        lambda world, event: changed(event, holder=world.people["officer"]), "another person than it gives the task to",
    ),
    "into another state": (lambda world, event: changed(event, state="Completed"), "it leads to Completed, not to Reserved"),
    "with another task": (lambda world, event: changed(event, id="another"), "another task than it names"),
    "with the case": (
        lambda world, event: replace(event, effects={**event.effects, "owner": world.people["other_officer"]}),
        "it did more than an operation on a task does",
    ),
}  # fmt: skip


@pytest.fixture
def history(world: World, db: Connection) -> list[Event]:
    """The history of a case up to a task that a supervisor assigned."""
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
    task = next(one.id for one in case.open_tasks() if one.name == "kick_off")
    tasks.assign_task(
        db,
        world.actor(db, "supervisor"),
        task,
        person=world.people["other_officer"],
        note="Yours.",
        request=new_request(),
    )
    return list(read_events(db, case.log))


def reasons(db: Connection, history: list[Event], event: Event) -> list[str]:
    before = fold(history[:-1])
    assert before is not None
    return list(task_reasons(load_library(), Past(db), before, event))


@pytest.mark.parametrize("name", FORGED)
def test_a_task_that_was_never_assigned_so_is_found(
    name: str, world: World, db: Connection, history: list[Event]
) -> None:
    forge, words = FORGED[name]
    assert any(words in why for why in reasons(db, history, forge(world, history[-1])))


def test_nothing_speaks_against_what_was_done(db: Connection, history: list[Event]) -> None:
    assert reasons(db, history, history[-1]) == []
