"""Adding a task on its page: until a day, for one person, by whoever asked for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from casework.engine.state.case import Task
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, today

Enter = Callable[[str], Browser]


@pytest.fixture
def page(engine: Engine, world: World) -> str:
    """Where a task is added to a case that is being assessed."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        return f"/cases/{number}/tracks/{world.main_track(db, number)}/tasks/renew_consent"


def added(engine: Engine, page: str) -> Task:
    with transaction(engine) as db:
        case = load(db, home_of(db, page.split("/")[2]), "case")
        assert verify_case(db, case.log) == []
    return next(one for one in case.open_tasks() if one.name == "renew_consent")


def send(browser: Browser, page: str, **more: str) -> int:
    data = read_page(browser.get(page).text.split('class="later"')[-1]).sent
    for name, value in more.items():
        data[f"f-{name}"] = value
    return browser.flask.post(page, data=data).status_code


def test_the_case_leads_to_the_page_of_what_may_be_added(browser_for: Enter, page: str) -> None:
    assert f'href="{page}"' in browser_for("officer").get(f"/cases/{page.split('/')[2]}").text


def test_a_task_is_added_for_its_queue_and_names_who_asked(
    browser_for: Enter, engine: Engine, world: World, page: str
) -> None:
    assert send(browser_for("officer"), page) == 303
    task = added(engine, page)
    assert (task.holder, task.initiator) == (None, world.people["officer"])


def test_a_task_for_oneself_is_taken_at_once(browser_for: Enter, engine: Engine, world: World, page: str) -> None:
    assert send(browser_for("officer"), page, person=world.people["officer"]) == 303
    assert added(engine, page).holder == world.people["officer"]


def test_a_task_is_due_on_the_day_that_was_named(browser_for: Enter, engine: Engine, page: str) -> None:
    day = today() + timedelta(days=40)
    assert send(browser_for("officer"), page, due=day.isoformat()) == 303
    due = added(engine, page).due_at
    assert due is not None
    assert abs(due.date() - day) <= timedelta(days=1)


def test_who_does_not_work_in_the_case_is_not_named_for_it(browser_for: Enter, world: World, page: str) -> None:
    assert send(browser_for("officer"), page, person=world.people["other_officer"], note="Please") == 422


def test_what_is_not_asked_for_at_this_step_is_not_there(browser_for: Enter, page: str) -> None:
    assert browser_for("officer").get(page.replace("renew_consent", "compliance_gate")).status_code == 404


def answers(browser: Browser, page: str, **said: str) -> int:
    """Fill in the task's own form on the page on which it is asked for."""
    text = browser.get(page).text
    data = dict(read_page(text[: text.index('class="later"')]).sent) | {
        f"f-{name}": value for name, value in said.items()
    }
    assert data["at_once"] == "yes"
    return browser.flask.post(page, data=data).status_code


def test_what_one_does_oneself_is_asked_and_done_on_one_page(browser_for: Enter, engine: Engine, page: str) -> None:
    more = page.replace("renew_consent", "ask_more_time")
    with transaction(engine) as db:
        case = load(db, home_of(db, page.split("/")[2]), "case")
    late = next(task.id for task in case.open_tasks() if task.type == "step")
    assert answers(browser_for("officer"), more, tasks=late, how="anew", reason="They are abroad.") == 303
    with transaction(engine) as db:
        case = load(db, case.log, "case")
        assert verify_case(db, case.log) == []
    names = [task.name for task in case.open_tasks()]
    assert "decide_more_time" in names
    assert "ask_more_time" not in names


def test_what_is_wrong_in_it_adds_no_task(browser_for: Enter, engine: Engine, page: str) -> None:
    assert answers(browser_for("officer"), page.replace("renew_consent", "ask_more_time"), how="anew") == 422
    with transaction(engine) as db:
        case = load(db, home_of(db, page.split("/")[2]), "case")
    assert "ask_more_time" not in {task.name for task in case.tasks.values()}


def test_a_decision_is_not_done_with_being_asked_for(browser_for: Enter, page: str) -> None:
    """It has a page of its own, with a button for each answer."""
    assert 'name="at_once"' not in browser_for("compliance").get(page.replace("renew_consent", "screening")).text
