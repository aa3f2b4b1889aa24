"""What a task is about: by whom it was opened, with which words, and what granting it would move."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from casework.engine.state.case import Task
from casework.operations.tasks.request_context import own_item, what_was_asked
from casework.operations.tasks.views import Asked
from tests.operations.referrals.test_extensions import Work
from tests.support.world import World, today

REASON = "The laboratory was closed."


@pytest.fixture
def work(world: World, db: Connection) -> Work:
    """A provider at work that has asked for thirty more days."""
    work = Work(world, db)
    work.fire("provider", "start")
    work.ask(today() + timedelta(days=60))
    return work


def decision(work: Work) -> Task:
    return next(task for task in work.case.open_tasks() if task.name == "decide_extension")


def asked(work: Work, who: str, task: Task) -> Asked | None:
    return what_was_asked(work.db, work.world.actor(work.db, who), work.case, task)


def test_whoever_decides_reads_by_whom_and_with_which_words_it_was_asked(work: Work) -> None:
    told = asked(work, "officer", decision(work))
    assert told
    assert (told.by.name, told.role, told.form and told.form.name) == ("Provider", "provider", "AskedExtension")
    assert told.data["new_date"] == (today() + timedelta(days=60)).isoformat()
    assert (told.body["reason"], told.erased) == (REASON, [])


def test_whoever_decides_sees_what_it_would_move(work: Work) -> None:
    told = asked(work, "officer", decision(work))
    assert told
    wanted = (today() + timedelta(days=60)).isoformat()
    assert {move.until for move in told.moves if move.task == work.theirs()["in_progress"].id} == {wanted}
    assert len(told.moves) == len(work.theirs())


def test_nothing_is_told_to_the_provider_nor_of_a_task_with_which_nobody_said_anything(work: Work) -> None:
    task = decision(work)
    assert asked(work, "supervisor", task)
    assert asked(work, "provider", task) is None
    steps = [step for step in work.case.open_tasks() if step.type == "step"]
    assert {step.organisation for step in steps} == {None, work.world.organisations["lab"]}
    assert [asked(work, "officer", step) for step in steps] == [None] * len(steps)


def test_of_a_list_of_things_to_do_each_task_is_told_its_own() -> None:
    said = {"open_items": [{"what": "Paint the door."}, {"what": "Train the staff."}], "note": "Soon."}
    assert own_item("items:open_items", "1", said) == {"open_items": [{"what": "Train the staff."}], "note": "Soon."}
    assert own_item("party", "need_owner", said) == said
    assert own_item(None, None, said) == said
    # What was erased is no list any more.
    assert own_item("items:open_items", "1", {"open_items": None}) == {"open_items": None}
