"""Which tasks are overdue and which comes next: what a query says of many cases is what a case says of itself."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import Connection, text

from casework.engine.state.case_dates import dates_of
from casework.operations.cases.list_queries import list_cases
from casework.operations.cases.views import CaseRow
from casework.operations.core.overdue_sql import STILL
from casework.operations.core.perform import home_of
from casework.operations.core.views import Named, NamedInBoth, row_as
from casework.operations.tasks.my_work import count_work
from casework.operations.tasks.queue_counts import count_queues
from casework.records.case_loader import load
from tests.operations.cases.three_cases import play_three_cases
from tests.support.case_dates import write_dates
from tests.support.world import World

pytestmark = pytest.mark.stage(play=play_three_cases)


@pytest.fixture
def numbers(staged: tuple[str, str, str]) -> tuple[str, str, str]:
    return staged


def agreed(db: Connection, world: World, number: str) -> CaseRow:
    """What a list says of a case, having compared it with what its details say."""
    actor = world.actor(db, "officer")
    write_dates(db)
    insist_on_dates_of(db, number)
    (row,) = list_cases(db, actor, filters={"number": number}).items
    assert isinstance(row, CaseRow)
    told = world.read_case(db, number)
    assert row.due_at == (told.next_action.due_at if told.next_action else None)
    late_with = told.next_action is not None and told.next_action.overdue
    assert row.overdue == told.overdue == (late_with or any(wait.overdue for wait in told.waits_for))
    plain = [
        replace(wait, for_=row_as(Named, wait.for_)) if isinstance(wait.for_, NamedInBoth) else wait
        for wait in row.waits_for
    ]
    assert plain == told.waits_for
    overdue = list_cases(db, actor, filters={"number": number, "overdue": "yes"}).items
    assert [one.number for one in overdue] == ([number] if row.overdue else [])
    (again,) = list_cases(db, actor, filters={"number": number}, sort="due").items
    assert again == row
    return row


def insist_on_dates_of(db: Connection, number: str) -> None:
    """What the query finds in a case's tasks is what the case says of itself."""
    log = home_of(db, number)
    dates = dates_of(load(db, log, "case"))
    kept = db.execute(
        text("SELECT * FROM case_dates WHERE id = CAST(:log AS uuid) AND due_at < 'infinity'"), {"log": log}
    )
    row = kept.one_or_none()
    if row is None:
        assert dates.due_at is None
    else:
        assert (row.due_at, row.late_at, row.waits_for) == (dates.due_at, dates.late_at, dates.waits_for)


def late(db: Connection, number: str, which: str) -> None:
    statement = (
        "UPDATE tasks SET due_at = casework_now() - interval '1 day' WHERE "
        f"{which} AND log_id = (SELECT id FROM cases WHERE number = :n)"
    )
    assert db.execute(text(statement), {"n": number}).rowcount


def test_lists_and_details_agree(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    for number in numbers:
        assert not agreed(db, world, number).overdue
    referred, _, fresh = numbers
    late(db, referred, "organisation_id IS NOT NULL")
    assert agreed(db, world, referred).overdue
    late(db, fresh, "organisation_id IS NULL")
    assert agreed(db, world, fresh).overdue


def test_what_somebody_lets_wait_comes_after_what_can_be_worked_on(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    referred, _, _ = numbers
    first = world.read_case(db, referred).next_action
    assert first
    db.execute(text("UPDATE tasks SET state = 'Suspended' WHERE id = CAST(:id AS uuid)"), {"id": first.id})
    told = world.read_case(db, referred).next_action
    assert told
    assert told.id != first.id
    assert (told.due_at or "") > (first.due_at or "")
    agreed(db, world, referred)
    db.execute(
        text(
            "UPDATE tasks SET state = 'Suspended' WHERE state = 'Ready' AND log_id = (SELECT id FROM cases WHERE number = :n)"
        ),
        {"n": referred},
    )
    assert world.read_case(db, referred).next_action == first
    agreed(db, world, referred)


def test_on_hold_the_next_action_is_the_holds_own(db: Connection, world: World, numbers: tuple[str, str, str]) -> None:
    _, held, _ = numbers
    told = world.read_case(db, held)
    assert told.next_action
    assert told.next_action.name == "on_hold"
    assert [(wait.for_, wait.what) for wait in told.waits_for] == [("need_owner", "hold")]
    # Whatever stands still meanwhile is not late, wherever it is counted.
    late(db, held, "type = 'side' AND queue = 'officer'")
    assert not agreed(db, world, held).overdue
    paused = [task for task in world.read_case(db, held).tasks if task.type == "side" and task.queue == "officer"]
    assert paused
    assert not any(task.overdue for task in paused)
    assert count_work(db, world.actor(db, "officer"))["overdue"] == 0
    assert all(one.overdue == 0 for one in count_queues(db, world.actor(db, "officer")))
    late(db, held, "name = 'on_hold'")
    assert agreed(db, world, held).overdue


def test_what_stands_still_does_so_in_a_query_as_in_the_case(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    seen = set()
    for number in numbers:
        case = load(db, home_of(db, number), "case")
        rows = db.execute(text(f"SELECT t.id, {STILL} AS still FROM tasks t WHERE t.log_id = :log"), {"log": case.log})
        told = {row.id: row.still for row in rows}
        assert told == dict.fromkeys(told, False) | {task.id: case.stands_still(task) for task in case.open_tasks()}
        shown = {task.id: task.still for task in world.read_case(db, number).tasks}
        assert shown == {task.id: told[task.id] for task in case.open_tasks()}
        seen |= {(case.hold is not None, task.organisation is not None, told[task.id]) for task in case.open_tasks()}
    assert {(True, False, True), (True, False, False), (False, False, False), (False, True, False)} <= seen


def test_what_is_asked_after_closing_counts_from_then_on(
    db: Connection, world: World, numbers: tuple[str, str, str]
) -> None:
    _, _, fresh = numbers
    db.execute(
        text(
            "UPDATE tasks SET aftercare = true, awaits = 'register' WHERE log_id = (SELECT id FROM cases WHERE number = :n)"
        ),
        {"n": fresh},
    )
    before = agreed(db, world, fresh)
    assert (before.due_at, before.waits_for) == (None, [])
    db.execute(text("UPDATE cases SET closed_at = casework_now() WHERE number = :n"), {"n": fresh})
    after = agreed(db, world, fresh)
    assert after.due_at is not None
    assert {wait.for_ for wait in after.waits_for} == {"register"}
    late(db, fresh, "aftercare")
    assert agreed(db, world, fresh).overdue
