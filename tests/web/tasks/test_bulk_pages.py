"""Several tasks at once, in pages without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import Engine, text

from casework.operations.tasks.queues import list_tasks
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, today


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
    tried = officer.post("/tasks/bulk", given, page=chosen).text
    assert "It is possible for 2 of the tasks below." in tried
    assert "Take these tasks: 2 tasks" in tried
    assert "Done for 2 of 2 tasks." in officer.post("/tasks/bulk", given | {"sure": "yes"}, page=chosen).text


def _ticked(page: str) -> list[str]:
    """The rows that are ticked; what else is, chooses columns."""
    return re.findall(r'<input[^>]* form="several"[^>]* checked>', page)


def test_all_of_a_page_are_ticked_without_a_script(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        for _ in range(3):
            world.new_case(db)
    officer = browser_for("officer")
    assert not _ticked(officer.get("/queues").text)
    assert "/queues?queue=intake&amp;all=1" in officer.get("/queues?queue=intake").text
    page = officer.get("/queues?queue=intake&all=1").text
    assert len(_ticked(page)) == page.count('form="several"') == 3
    # An address that asks for more than a list knows leads nowhere else.
    assert (
        "evil.example" not in officer.get("/queues?_external=1&_scheme=https&_host=evil.example").text.split("<main")[0]
    )


def test_the_priority_of_several_is_set_with_a_reason(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            world.fire(db, "officer", world.new_case(db), "take")
        ids = [
            str(id) for id in db.execute(text("SELECT id FROM tasks WHERE name = 'triage_check' ORDER BY id")).scalars()
        ]
    officer = browser_for("officer")
    chosen = f"/tasks/bulk?task={ids[0]}&task={ids[1]}&operation=modify&page=/"
    asked = officer.get(chosen).text
    assert 'name="priority"' in asked
    assert 'name="until"' not in asked
    given = {"task": ids, "operation": "modify", "priority": "high", "reason": "Promised.", "page": "/"}
    assert officer.post("/tasks/bulk", given | {"reason": ""}, page=chosen).status_code == 422
    assert "It is possible for 2 of the tasks below." in officer.post("/tasks/bulk", given, page=chosen).text
    done = officer.post("/tasks/bulk", given | {"sure": "yes"}, page=chosen).text
    assert "Done for 2 of 2 tasks." in done
    assert '<a href="/">Back to the list</a>' in done
    assert officer.get("/").text.count("urgent") == 2


def test_what_is_possible_for_none_says_so_and_what_is(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        id = list_tasks(db, world.actor(db, "officer"), view="queue").items[0].id
    page = browser_for("officer").get(f"/tasks/bulk?task={id}&operation=release").text
    assert "is possible for none of these tasks now." in page
    assert 'value="claim"' in page


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


def test_a_day_that_is_wrong_for_all_is_marked_and_a_good_one_said_before_it_is_done(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        world.fire(db, "officer", world.new_case(db), "take")
        id = str(db.execute(text("SELECT id FROM tasks WHERE name = 'triage_check'")).scalar_one())
    officer, page = browser_for("officer"), f"/tasks/bulk?task={id}&operation=suspend&page=/"
    officer.post(f"/tasks/{id}/claim", page="/queues")
    given = {
        "task": [id],
        "operation": "suspend",
        "until": "2020-01-01",
        "waits_for": "need_owner",
        "reason": "They asked.",
    }
    wrong = officer.post("/tasks/bulk", given, page=page)
    assert wrong.status_code == 422
    assert 'aria-describedby="until-fault"' in wrong.text
    day = today() + timedelta(days=20)
    tried = officer.post("/tasks/bulk", given | {"until": day.isoformat()}, page=page).text
    assert "It is possible for 1 of the tasks below." in tried
    assert f'datetime="{day.isoformat()}"' in tried
    assert "They asked." in tried
    assert ">Cancel</a>" in tried


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


def test_what_was_typed_is_kept_for_these_tasks_until_it_is_done(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            world.fire(db, "officer", world.new_case(db), "take")
        ids = [
            str(id) for id in db.execute(text("SELECT id FROM tasks WHERE name = 'triage_check' ORDER BY id")).scalars()
        ]
    officer = browser_for("officer")
    chosen = f"/tasks/bulk?task={ids[0]}&task={ids[1]}&operation=modify&page=/"
    given = {"task": ids, "operation": "modify", "priority": "high", "reason": "Promised.", "page": "/"}
    given["form"] = read_page(officer.get(chosen).text).sent["form"]
    officer.post("/drafts", given, page=chosen)
    assert "Promised." in officer.get(chosen).text
    assert "Promised." not in officer.get(chosen.replace(f"task={ids[0]}&", "")).text
    assert "Promised." not in officer.get(chosen.replace("modify", "suspend")).text
    officer.post("/tasks/bulk", given, page=chosen)
    assert "Promised." in officer.get(chosen).text
    officer.post("/tasks/bulk", given | {"sure": "yes"}, page=chosen)
    assert "This is the text that you had not sent." not in officer.get(chosen).text
