"""The pages of a task: what the table allows is offered, a note goes along, and what waits is listed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.cases.handing_over import hand_over
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]
NOTE = "The need owner answers on Thursdays only."


def _play(world: World, db: Connection) -> str:
    """The first meeting of a case of the officer's, with the other officer in its team."""
    number, _ = to_referral(world, db)
    case = load(db, home_of(db, number), "case")
    hand_over(
        db,
        world.actor(db, "officer"),
        number,
        owner=world.people["officer"],
        team=[world.people["other_officer"]],
        note="Help me.",
        revision=case.revision,
        request=new_request(),
    )
    return next(one.id for one in case.open_tasks() if one.name == "kick_off")


pytestmark = pytest.mark.stage(play=_play)


@pytest.fixture
def task(staged: str) -> str:
    return staged


def state(engine: Engine, task: str) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT state FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": task}).scalar_one())


def send(browser: Browser, task: str, operation: str, **fields: str) -> str:
    """Fill in the form of an operation and send it; gives the page that follows."""
    page = f"/tasks/{task}/operations/{operation}"
    sent = read_page(browser.get(page).text).sent | {f"f-{name}": said for name, said in fields.items()}
    return browser.flask.post(page, data=sent, follow_redirects=True).text


def test_an_assigned_task_and_its_note_stand_in_the_work_of_the_next(
    world: World, browser_for: BrowserFor, task: str
) -> None:
    page = send(browser_for("supervisor"), task, "assign", person=world.people["other_officer"], note=NOTE)
    assert "The next one sees your note." in page
    other = browser_for("other_officer")
    assert NOTE in other.get("/").text
    assert NOTE in other.get(f"/tasks/{task}").text


def test_nothing_is_assigned_without_a_note_and_what_was_chosen_stays(
    world: World, browser_for: BrowserFor, task: str
) -> None:
    page = send(browser_for("supervisor"), task, "assign", person=world.people["other_officer"])
    assert "Nothing is recorded yet." in page
    assert re.search(f'value="{world.people["other_officer"]}"[^>]*(selected|checked)', page)


@pytest.mark.parametrize("operation", ["assign", "delegate"])
@pytest.mark.parametrize("person", ["", "nobody"])
def test_nothing_is_given_to_nobody_and_what_was_typed_stays(
    browser_for: BrowserFor, task: str, operation: str, person: str
) -> None:
    page = send(browser_for("officer"), task, operation, person=person, note=NOTE)
    assert "Nothing is recorded yet." in page
    assert NOTE in page


def test_only_those_who_work_the_queue_can_be_chosen(world: World, browser_for: BrowserFor, task: str) -> None:
    page = browser_for("supervisor").get(f"/tasks/{task}/operations/assign").text
    assert world.people["other_officer"] in page
    assert world.people["compliance"] not in page


def test_a_delegated_task_comes_back_filled_in(
    engine: Engine, world: World, browser_for: BrowserFor, task: str
) -> None:
    officer, other = browser_for("officer"), browser_for("other_officer")
    send(officer, task, "delegate", person=world.people["other_officer"], note=NOTE)
    page = other.get(f"/tasks/{task}")
    assert "Return it to" in page.text
    sent = read_page(page.text).sent | {
        "f-held_on": "2026-01-05",
        "f-need_owner_present": "yes",
        "f-technology_owner_present": "no",
        "f-note": "Short.",
    }
    assert other.flask.post(f"/tasks/{task}/complete", data=sent).status_code == 303
    back = officer.get(f"/tasks/{task}").text
    assert "Accept it" in back
    assert "Short." in back
    assert 'value="2026-01-05"' in back
    assert state(engine, task) == "Reserved"


def test_a_waiting_task_is_on_hold_until_its_day_and_goes_on(
    engine: Engine, browser_for: BrowserFor, task: str
) -> None:
    officer = browser_for("officer")
    send(officer, task, "suspend", waits_for="need_owner", until="2099-01-05", reason="They are away.")
    held = officer.get("/?tab=hold").text
    assert "They are away." in held
    assert "The need owner" in held
    page = officer.get(f"/tasks/{task}").text
    assert page.count("btn-primary") == 1
    officer.post(f"/tasks/{task}/operations/resume", {}, page=f"/tasks/{task}")
    assert state(engine, task) == "Ready"


def test_each_person_is_offered_what_the_table_allows(browser_for: BrowserFor, task: str) -> None:
    page = f"/tasks/{task}/operations"
    assert "Assign the task" in browser_for("supervisor").get(page).text
    assert "Assign the task" not in browser_for("other_officer").get(page).text
    assert "Take the task" in browser_for("other_officer").get(page).text
    assert "Nothing can be done with it by you." in browser_for("auditor").get(page).text


def test_a_priority_needs_a_reason_and_shows(browser_for: BrowserFor, task: str) -> None:
    officer = browser_for("officer")
    assert "Nothing is recorded yet." in send(officer, task, "modify", priority="high")
    send(officer, task, "modify", priority="high", reason="The minister asks.")
    assert "urgent" in officer.get("/").text


def test_an_operation_that_there_is_not_is_no_page(browser_for: BrowserFor, task: str) -> None:
    assert browser_for("officer").get(f"/tasks/{task}/operations/view").status_code == 404
