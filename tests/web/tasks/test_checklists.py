"""The checklist on the page of a task: worked without a script, and nothing that is typed beside it is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.perform import home_of
from casework.operations.tasks.queries import show_task
from casework.operations.tasks.views import ListedItem
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def number(staged: tuple[str, str]) -> str:
    return staged[0]


@pytest.fixture
def task(engine: Engine, number: str) -> str:
    """The first meeting of the officer's case."""
    with transaction(engine) as db:
        return next(one.id for one in load(db, home_of(db, number), "case").open_tasks() if one.name == "kick_off")


def send(browser: Browser, task: str, **fields: str) -> str:
    """Press a button of the list; gives the page that follows."""
    sent = dict(read_page(browser.get(f"/tasks/{task}").text).sent) | fields
    return browser.flask.post(f"/tasks/{task}/items", data=sent, follow_redirects=True).text


def item(engine: Engine, world: World, task: str) -> ListedItem:
    with transaction(engine) as db:
        return show_task(db, world.actor(db, "officer"), task).checklist[-1]


def test_an_item_is_added_and_ticked(engine: Engine, world: World, browser_for: BrowserFor, task: str) -> None:
    officer = browser_for("officer")
    page = send(officer, task, own="Book a room with a projector")
    assert "On the checklist now: Book a room with a projector" in page
    page = send(officer, task, tick=f"tick {item(engine, world, task).id}")
    assert "1 of 1 ticked" in page
    assert item(engine, world, task).done is True


def test_a_tick_is_taken_away(engine: Engine, world: World, browser_for: BrowserFor, task: str) -> None:
    officer = browser_for("officer")
    send(officer, task, own="Book a room")
    send(officer, task, tick=f"tick {item(engine, world, task).id}")
    assert "0 of 1 ticked" in send(officer, task, tick=f"untick {item(engine, world, task).id}")


def test_what_was_typed_beside_the_list_is_still_there(browser_for: BrowserFor, task: str) -> None:
    page = send(browser_for("officer"), task, own="Book a room", **{"f-held_on": "2026-01-05"})
    assert 'value="2026-01-05"' in page


def test_an_item_that_stands_beside_the_button_of_the_form_is_not_lost(
    engine: Engine, world: World, browser_for: BrowserFor, task: str
) -> None:
    officer = browser_for("officer")
    sent = dict(read_page(officer.get(f"/tasks/{task}").text).sent) | {"own": "Book a room"}
    officer.flask.post(f"/tasks/{task}/complete", data=sent)
    assert item(engine, world, task).text == "Book a room"


def test_an_item_without_words_is_none(browser_for: BrowserFor, task: str) -> None:
    assert "Nothing was added" in send(browser_for("officer"), task, own="  ")


def test_whoever_reads_the_case_reads_the_list_and_cannot_tick(browser_for: BrowserFor, task: str) -> None:
    send(browser_for("officer"), task, own="Book a room")
    page = browser_for("auditor").get(f"/tasks/{task}").text
    assert "Book a room" in page
    assert "formaction" not in page


def test_the_history_tells_it_in_sentences(
    engine: Engine, world: World, browser_for: BrowserFor, number: str, task: str
) -> None:
    officer = browser_for("officer")
    send(officer, task, own="Book a room")
    send(officer, task, tick=f"tick {item(engine, world, task).id}")
    page = officer.get(f"/cases/{number}/history").text
    assert "added an item to the checklist of “Hold the first meeting”" in page
    assert "Book a room" in page
    assert "ticked an item on the checklist of “Hold the first meeting”: one of their own" in page


def test_the_words_of_an_item_stand_in_no_row_of_the_task(engine: Engine, browser_for: BrowserFor, task: str) -> None:
    send(browser_for("officer"), task, own="Call Mr Wang")
    with transaction(engine) as db:
        row = db.execute(
            text("SELECT to_jsonb(t)::text FROM tasks t WHERE id = CAST(:id AS uuid)"), {"id": task}
        ).scalar_one()
    assert "Wang" not in row


def test_the_list_of_a_step_stands_where_one_sees_what_may_be_done_with_it(
    engine: Engine, world: World, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        case = load(db, home_of(db, number), "case")
        (task,) = case.step_tasks(case.main.id)
    page = browser_for("officer").post(f"/tasks/{task.id}/items", {"own": "Call the lab"}, follow=True).text
    assert "What can be done with this task" in page
    assert "Call the lab" in page
    assert 'aria-label="Call the lab"' in page
