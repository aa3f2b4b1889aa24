"""A side task that is asked for and done in one go: both, or neither, and once for one key."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotAllowed
from casework.operations.core.perform import home_of
from casework.operations.tasks.done_at_once import add_and_complete, may_do_at_once
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import savepoint
from tests.support.way_to_referral import to_plan
from tests.support.world import World, new_request

pytestmark = pytest.mark.stage(play=to_plan)
ASKED = {"how": "anew", "reason": "They are abroad."}


def names(db: Connection, number: str) -> list[str]:
    return [task.name for task in load(db, home_of(db, number), "case").tasks.values()]


def step(db: Connection, number: str) -> str:
    return next(task.id for task in load(db, home_of(db, number), "case").open_tasks() if task.type == "step")


def test_it_is_asked_for_and_done_by_two_events_and_once_for_a_key(world: World, db: Connection, staged: str) -> None:
    log, track, request = home_of(db, staged), world.main_track(db, staged), new_request()
    data = {"tasks": [step(db, staged)], **ASKED}
    for _ in range(2):
        add_and_complete(
            db,
            world.actor(db, "officer"),
            log,
            "case",
            track,
            task="ask_more_time",
            about=None,
            data=data,
            request=request,
        )
    assert names(db, staged).count("ask_more_time") == 1
    assert "decide_more_time" in names(db, staged)
    assert verify_case(db, log) == []


def test_what_is_refused_leaves_nothing(world: World, db: Connection, staged: str) -> None:
    log, track = home_of(db, staged), world.main_track(db, staged)
    with pytest.raises(InvalidForm), savepoint(db):
        add_and_complete(
            db,
            world.actor(db, "officer"),
            log,
            "case",
            track,
            task="ask_more_time",
            about=None,
            data=ASKED,
            request=new_request(),
        )
    with pytest.raises(NotAllowed), savepoint(db):
        add_and_complete(
            db,
            world.actor(db, "auditor"),
            log,
            "case",
            track,
            task="ask_more_time",
            about=None,
            data=ASKED,
            request=new_request(),
        )
    assert "ask_more_time" not in names(db, staged)


@pytest.mark.parametrize(
    ("by", "task", "may"),
    [("officer", "ask_more_time", True), ("supervisor", "ask_more_time", False), ("compliance", "screening", False)],
)
def test_who_works_the_queue_may_and_decisions_are_answered_elsewhere(
    world: World, db: Connection, staged: str, by: str, task: str, may: bool
) -> None:
    case = load(db, home_of(db, staged), "case")
    assert may_do_at_once(db, world.actor(db, by), case, case.main, task) is may
