"""Saying what people can do, and seeing why a task came to nobody."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.tasks.test_allocation_pages import choose

BrowserFor = Callable[[str], Browser]


def test_a_supervisor_says_what_an_officer_can_do(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("supervisor"), f"/skills/{world.programmes['BJ']}/{world.people['officer']}"
    assert where in browser.get("/team").text
    page = browser.post(
        where, {"f-fields_": "Steam boilers\nHeat pumps", "f-languages": "en", "f-services": "ip"}, follow=True
    ).text
    assert "Kept: what Officer can do." in page
    assert "Steam boilers, Heat pumps, English, check of intellectual property" in page


def test_a_lead_says_it_on_the_page_of_the_members(world: World, browser_for: BrowserFor) -> None:
    browser, where = browser_for("provider_lead"), f"/skills/{world.organisations['lab']}/{world.people['provider']}"
    assert where in browser.get("/members").text
    assert "Members" in browser.post(where, {"f-services": "assessment"}, follow=True).text


def test_what_was_typed_wrongly_is_shown_again(world: World, browser_for: BrowserFor) -> None:
    answer = browser_for("supervisor").post(
        f"/skills/{world.programmes['BJ']}/{world.people['officer']}", {"f-fields_": "x" * 100, "f-languages": "en"}
    )
    assert answer.status_code == 422
    assert "x" * 100 in answer.text


def test_a_task_says_why_its_rule_gives_it_to_nobody(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    choose(browser_for("supervisor"), world.programmes["BJ"], "intake", "skill")
    with transaction(engine) as db:
        number = world.new_case(db, "supervisor")
        db.execute(text("UPDATE needs SET sector = 'Brewing'"))
        (task,) = (one for one in load(db, home_of(db, number), "case").open_tasks() if one.queue == "intake")
    page = browser_for("officer").get(f"/tasks/{task.id}/operations").text
    assert "nobody who may have it has a skill that it asks for. It asks for: brewing, English." in page
