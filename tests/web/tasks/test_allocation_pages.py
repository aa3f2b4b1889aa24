"""Choosing how queues give tasks to people, and seeing why one got a task."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.core.perform import home_of
from casework.operations.tasks.allocation import allocate_queue, list_due
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def choose(browser: Browser, scope: str, queue: str, strategy: str, cap: str = "") -> str:
    given = {"scope": scope, "queue": queue, "strategy": strategy, "cap": cap}
    return browser.post("/queues/allocation", given, follow=True).text


def chosen(page: str, queue: str) -> str:
    """What the page says that the queue does."""
    form = page.split(f'name="queue" value="{queue}"')[1].split("</form>")[0]
    found = re.search(r'<option value="(\w+)" selected', form)
    return found[1] if found else ""


def test_a_supervisor_chooses_on_the_page_of_the_team(world: World, browser_for: BrowserFor) -> None:
    browser = browser_for("supervisor")
    assert chosen(browser.get("/team").text, "intake") == "none"
    page = choose(browser, world.programmes["BJ"], "intake", "shortest", "5")
    assert "From now on, new tasks go to people by this rule" in page
    assert chosen(page, "intake") == "shortest"
    assert 'name="cap" value="5"' in page


def test_a_lead_chooses_on_the_page_of_the_members(world: World, browser_for: BrowserFor) -> None:
    page = choose(browser_for("provider_lead"), world.organisations["lab"], "provider", "round_robin")
    assert "Members" in page
    assert chosen(page, "provider") == "round_robin"


def test_a_wrong_limit_changes_nothing(world: World, browser_for: BrowserFor) -> None:
    page = choose(browser_for("supervisor"), world.programmes["BJ"], "intake", "shortest", "0")
    assert "Nothing was changed" in page
    assert chosen(browser_for("supervisor").get("/team").text, "intake") == "none"


def test_a_wrong_limit_stands_there_still_with_what_was_chosen(world: World, browser_for: BrowserFor) -> None:
    page = choose(browser_for("supervisor"), world.programmes["BJ"], "intake", "shortest", "five")
    assert chosen(page, "intake") == "shortest"
    assert 'name="cap" value="five"' in page


def test_the_task_and_the_history_say_why_it_came_to_this_person(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    choose(browser_for("supervisor"), world.programmes["BJ"], "intake", "round_robin")
    with transaction(engine) as db:
        number = world.new_case(db, "supervisor")
        due = list_due(db, but="true", most=10)
    for one in due:
        allocate_queue(engine, one)
    with transaction(engine) as db:
        (task,) = (one for one in load(db, home_of(db, number), "case").open_tasks() if one.queue == "intake")
    (name,) = (name for name, id in world.people.items() if id == task.holder)
    browser = browser_for(name)
    assert (
        "gave this to you: the first of this queue for this person." in browser.get(f"/tasks/{task.id}/operations").text
    )
    history = browser.get(f"/cases/{number}/history").text
    assert "by the rule of its queue: the first of this queue for this person" in history
