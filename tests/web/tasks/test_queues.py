"""Queues: what may be taken, taking it, giving it back, and what was done."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.way_to_referral import complete, to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def intake_task(engine: Engine) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT id FROM tasks WHERE queue = 'intake' ORDER BY id LIMIT 1")).scalar_one())


def holder(engine: Engine, task: str) -> str | None:
    with transaction(engine) as db:
        held: str | None = db.execute(
            text("SELECT holder_id FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task}
        ).scalar_one()
        return held


def test_each_queue_stands_there_with_its_count(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        world.new_case(db)
    page = browser_for("officer").get("/queues").text
    assert re.search(r"new cases <span class=\"n\">2</span>", page)
    assert "case officer" in page
    assert page.count("Take the task") == 2


def test_only_one_queue_may_be_looked_at(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    browser = browser_for("officer")
    assert "Take the task" in browser.get("/queues?queue=intake").text
    assert "Nothing is left to take." in browser.get("/queues?queue=officer").text
    # A queue that is not one's own is not there to be chosen.
    assert "Take the task" in browser.get("/queues?queue=supervisor").text


def test_taking_a_task_makes_it_ones_own(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    task, browser = intake_task(engine), browser_for("officer")
    answer = browser.post(f"/tasks/{task}/claim", page="/queues")
    assert answer.status_code == 303
    assert holder(engine, task) == world.people["officer"]
    assert number in browser.get("/").text


def test_what_another_has_taken_is_told_and_stays_theirs(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    task, first, second = intake_task(engine), browser_for("officer"), browser_for("other_officer")
    first.post(f"/tasks/{task}/claim", page="/queues")
    answer = second.post(f"/tasks/{task}/claim", {"page": "/queues"}, page="/account", follow=True)
    assert answer.status_code == 200
    assert "Someone else holds this already." in answer.text
    assert holder(engine, task) == world.people["officer"]


def test_the_next_task_is_taken_and_opened(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    browser = browser_for("officer")
    answer = browser.post("/tasks/next", page="/queues")
    assert answer.status_code == 303
    assert number in answer.headers["Location"]
    assert holder(engine, intake_task(engine)) == world.people["officer"]


def test_where_nothing_is_left_the_next_task_says_so(world: World, browser_for: BrowserFor) -> None:
    answer = browser_for("officer").post("/tasks/next", page="/account", follow=True)
    assert "Nothing waits in your queues." in answer.text


def test_a_task_goes_back_to_its_queue(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    task, browser = intake_task(engine), browser_for("officer")
    browser.post(f"/tasks/{task}/claim", page="/queues")
    answer = browser.post(f"/tasks/{task}/release", {"note": "Too much now"}, follow=True)
    assert "You gave back" in answer.text
    assert holder(engine, task) is None


def test_a_form_without_its_key_takes_nothing(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    task = intake_task(engine)
    assert browser_for("officer").post(f"/tasks/{task}/claim", {"key": ""}, page="/queues").status_code == 400
    assert holder(engine, task) is None


def test_what_one_has_finished_stands_under_done(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("officer")
    assert "You have not finished a task yet." in browser.get("/done").text
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        complete(
            world,
            db,
            "officer",
            number,
            "triage_check",
            data={
                "need_complete": True,
                "technology_complete": True,
                "duplicate_checked": True,
                "rationale_fits": True,
                "interest": "none",
            },
        )
    page = browser.get("/done").text
    assert page.count(number) >= 2
    assert "Check the match and declare conflicts of interest" in page


def test_a_queue_is_sorted_by_its_header_and_says_in_which_order_it_stands(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(2)]
        db.execute(
            text(
                "UPDATE tasks SET due_at = casework_now() + interval '9 days', turn_at = casework_now()"
                " WHERE log_id = (SELECT id FROM cases WHERE number = :number)"
            ),
            {"number": numbers[1]},
        )
        db.execute(text("UPDATE tasks SET due_at = casework_now() + interval '3 days' WHERE due_at IS NULL"))
    browser = browser_for("officer")

    def order(page: str) -> list[str]:
        return re.findall(r'<span class="no">([^<]+)</span>', page)

    page = browser.get("/queues").text
    assert order(page) == [numbers[1], numbers[0]]
    assert "aria-sort" not in page
    assert "in the order in which it is to be done" in page
    [link] = re.findall(r'<a data-sort href="([^"]+)">Due</a>', page)
    page = browser.get(link).text
    assert link == "/queues?sort=due"
    assert order(page) == [numbers[0], numbers[1]]
    assert 'aria-sort="ascending"><a data-sort' in page
    assert "by due date; what has none comes last" in page
    assert 'href="/queues?queue=intake&amp;sort=due"' in page
    assert '<a href="/queues">Show it in turn</a>' in page
    longest = browser.get("/queues?sort=opened&columns=opened").text
    assert (
        'aria-sort="ascending"><a data-sort href="/queues?sort=opened&amp;columns=opened">Waiting since</a>' in longest
    )
    assert "what has waited longest first" in longest
    # As it stands it can be kept as a view.
    assert 'name="query" value="sort=due"' in page
    assert order(browser.get("/queues?sort=else").text) == [numbers[1], numbers[0]]


def test_a_providers_queue_stands_in_turn_alone(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
    page = browser_for("provider").get("/queues?sort=due")
    assert page.status_code == 200
    assert "data-sort" not in page.text
    assert "in the order in which it is to be done" in page.text


def test_who_works_no_queue_is_told_so(world: World, browser_for: BrowserFor) -> None:
    assert "You work no queue." in browser_for("auditor").get("/queues").text


def test_a_providers_task_has_a_page_with_its_form(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
        task = db.execute(text("SELECT id FROM tasks WHERE queue = 'provider' AND type = 'step'")).scalar_one()
    answer = browser_for("provider").get(f"/tasks/{task}")
    # A step is done by its actions, where the referral is.
    assert answer.status_code == 303
    assert "/referrals/" in answer.headers["Location"]
    assert browser_for("foreign_provider").get(f"/tasks/{task}").status_code == 404


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    engine: Engine, world: World, app: Flask, browser_for: BrowserFor
) -> None:
    def how_many(path: str) -> int:
        with counted(app) as sent:
            assert browser.get(path).status_code == 200
        return len(sent)

    browser = browser_for("officer")
    with transaction(engine) as db:
        world.new_case(db)
    before = [how_many("/queues"), how_many("/done")]
    with transaction(engine) as db:
        for _ in range(8):
            world.new_case(db)
    assert [how_many("/queues"), how_many("/done")] == before
    assert max(before) <= 10
