"""Several tasks at once, in pages without scripts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.tasks.queues import list_tasks
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World


def test_ticked_tasks_are_tried_and_then_taken(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            world.new_case(db)
        ids = [one.id for one in list_tasks(db, world.actor(db, "officer"), view="queue").items]
    officer = browser_for("officer")
    assert officer.get("/queues").text.count('form="several"') == 2
    chosen = f"/tasks/bulk?task={ids[0]}&task={ids[1]}"
    given = {"task": ids, "operation": "claim"}
    assert "It is possible for 2 of the tasks below." in officer.post("/tasks/bulk", given, page=chosen).text
    assert "Done for 2 of 2 tasks." in officer.post("/tasks/bulk", given | {"sure": "yes"}, page=chosen).text


def test_what_is_missing_is_said_and_what_was_typed_stays(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        id = list_tasks(db, world.actor(db, "officer"), view="queue").items[0].id
    answer = browser_for("supervisor").post(
        "/tasks/bulk", {"task": [id], "operation": "assign", "note": "Call them"}, page=f"/tasks/bulk?task={id}"
    )
    assert answer.status_code == 422
    assert "Call them" in answer.text


def test_a_due_date_is_counted_in_working_days_as_in_the_lists(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        id = list_tasks(db, world.actor(db, "officer"), view="queue").items[0].id
    assert "working day" in browser_for("officer").get(f"/tasks/bulk?task={id}").text


def test_ticked_cases_are_tried_and_then_put_on_hold(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        numbers = [to_referral(world, db)[0] for _ in range(2)]
    officer = browser_for("officer")
    assert officer.get("/cases").text.count('form="several"') == 2
    chosen = f"/cases/bulk?case={numbers[0]}&case={numbers[1]}"
    given = {
        "case": numbers,
        "f-reason": "budget",
        "f-waits_for": "need_owner",
        "f-waits_until": "event",
        "f-event": "The budget",
    }
    tried = officer.post("/cases/bulk", given, page=chosen).text
    assert "It is possible for 2 of the cases below." in tried
    assert 'name="f-event" value="The budget"' in tried
    assert "Done for 2 of 2 cases." in officer.post("/cases/bulk", given | {"sure": "yes"}, page=chosen).text


def test_a_wrong_form_for_several_cases_keeps_what_was_typed(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        number = to_referral(world, db)[0]
    answer = browser_for("officer").post(
        "/cases/bulk",
        {"case": [number], "f-waits_until": "event", "f-event": "The budget"},
        page=f"/cases/bulk?case={number}",
    )
    assert answer.status_code == 422
    assert "The budget" in answer.text
    assert f'name="case" value="{number}"' in answer.text


def test_only_those_who_may_have_a_task_are_offered_for_it(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        found = text(
            "SELECT t.id FROM tasks t JOIN cases c ON c.id = t.log_id WHERE c.number = :n AND t.closed_at IS NULL ORDER BY t.id LIMIT 1"
        )
        id = db.execute(found, {"n": number}).scalar_one()
    page = browser_for("supervisor").get(f"/tasks/bulk?task={id}").text
    offered = page.split('name="person"')[1].split("</select>")[0]
    assert world.people["officer"] in offered
    for one in ("auditor", "manager", "observer", "dispute_officer", "foreign_officer", "supervisor"):
        assert world.people[one] not in offered, one
