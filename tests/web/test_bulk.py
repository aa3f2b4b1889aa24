"""Several tasks at once, in pages without scripts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.task_lists import list_tasks
from casework.records.database import transaction
from tests.web.conftest import Browser
from tests.world import World


def test_ticked_tasks_are_tried_and_then_taken(engine: Engine, world: World, browser_for: Callable[[str], Browser]) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            world.new_case(db)
        ids = [one["id"] for one in list_tasks(db, world.actor(db, "officer"), view="queue")["items"]]
    officer = browser_for("officer")
    assert officer.get("/queues").text.count('form="several"') == 2
    chosen = f"/tasks/bulk?task={ids[0]}&task={ids[1]}"
    given = {"task": ids, "operation": "claim"}
    assert "It is possible for 2 of the tasks below." in officer.post("/tasks/bulk", given, page=chosen).text
    assert "Done for 2 of 2 tasks." in officer.post("/tasks/bulk", given | {"sure": "yes"}, page=chosen).text


def test_what_is_missing_is_said_and_what_was_typed_stays(engine: Engine, world: World, browser_for: Callable[[str], Browser]) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        id = list_tasks(db, world.actor(db, "officer"), view="queue")["items"][0]["id"]
    answer = browser_for("supervisor").post(
        "/tasks/bulk", {"task": [id], "operation": "assign", "note": "Call them"}, page=f"/tasks/bulk?task={id}"
    )
    assert answer.status_code == 422
    assert "Call them" in answer.text


def test_a_due_date_is_counted_in_working_days_as_in_the_lists(engine: Engine, world: World, browser_for: Callable[[str], Browser]) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        id = list_tasks(db, world.actor(db, "officer"), view="queue")["items"][0]["id"]
    assert "working day" in browser_for("officer").get(f"/tasks/bulk?task={id}").text
