"""What is new to a person and what has changed since that person looked."""

from __future__ import annotations

from sqlalchemy import Connection

from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.queries import look_at_case
from casework.operations.cases.views import MarkedCaseRow
from casework.operations.core.perform import home_of
from casework.operations.referrals.inbox import list_inbox
from casework.operations.referrals.service import look_at_referral
from casework.operations.tasks.my_work import list_work
from casework.operations.tasks.queues import list_placed_tasks, list_tasks
from casework.operations.tasks.views import ListedTask, MarkedTask
from casework.records.case_loader import load
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def of_case(world: World, db: Connection, name: str, number: str) -> str | None:
    items = list_cases(db, world.actor(db, name)).items
    return next((row.mark for row in items if row.number == number and isinstance(row, MarkedCaseRow)), None)


def of_referral(world: World, db: Connection, name: str) -> str | None:
    return list_inbox(db, world.actor(db, name)).items[0].mark


def test_a_case_is_new_until_one_looks(world: World, db: Connection) -> None:
    number = world.new_case(db)
    assert of_case(world, db, "supervisor", number) == "new"
    look_at_case(db, world.actor(db, "supervisor"), number)
    assert of_case(world, db, "supervisor", number) is None
    assert of_case(world, db, "compliance", number) == "new"


def test_what_others_did_since_marks_it_and_what_oneself_did_does_not(world: World, db: Connection) -> None:
    number = world.new_case(db)
    for name in ("officer", "supervisor"):
        look_at_case(db, world.actor(db, name), number)
    world.fire(db, "officer", number, "take")
    assert of_case(world, db, "supervisor", number) == "changed"
    assert of_case(world, db, "officer", number) is None


def test_a_task_opened_since_is_new_in_ones_work(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    assert {one.mark for one in list_work(db, world.actor(db, "officer")).items} == {"new"}
    look_at_case(db, world.actor(db, "officer"), number)
    assert {one.mark for one in list_work(db, world.actor(db, "officer")).items} == {None}


def test_a_task_of_a_queue_bears_its_mark_and_one_that_is_done_bears_none(world: World, db: Connection) -> None:
    _, referral = to_referral(world, db)
    provider, officer = world.actor(db, "provider"), world.actor(db, "officer")
    for expected in ("new", None):
        tasks = list_tasks(db, provider, view="queue").items
        assert tasks
        assert {task.mark for task in tasks if isinstance(task, MarkedTask)} == {expected}
        look_at_referral(db, provider, referral)
    done = list_tasks(db, officer, view="done").items
    assert done
    assert {type(task) for task in done} == {ListedTask}


def test_a_provider_is_told_of_nothing_that_its_history_does_not_show(world: World, db: Connection) -> None:
    number, referral = to_referral(world, db)
    assert of_referral(world, db, "provider") == "new"
    look_at_referral(db, world.actor(db, "provider"), referral)
    case = load(db, home_of(db, number), "case")
    world.write(db, "officer", case)
    world.fire(
        db,
        "officer",
        number,
        "hold",
        {
            "reason": "budget",
            "waits_for": "need_owner",
            "waits_until": "event",
            "event": "The board has met",
        },
    )
    assert of_referral(world, db, "provider") is None
    assert {one.mark for one in list_placed_tasks(db, world.actor(db, "provider"), view="queue").items} == {None}
    world.write(db, "officer", case, referral)
    assert of_referral(world, db, "provider") == "changed"


def test_who_sees_only_outlines_is_shown_no_marks(world: World, db: Connection) -> None:
    number = world.new_case(db)
    assert of_case(world, db, "observer", number) is None
