"""A closing is decided on as it was proposed, or otherwise with the outcome, the reasons and the papers that it takes."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.engine.state.case import Task
from casework.playbook.steps import do
from casework.records.database import transaction
from tests.journeys.scripts.stages import to_monitoring
from tests.support.file_makers import PDF
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.documents.test_papers_of_actions import play
from tests.web.tasks.decisions import of_case, offered, press

Enter = Callable[[str], Browser]


#: Nothing is left to do beside the closing.
END_SIDE_TASKS = text(
    "UPDATE tasks SET state = 'Obsolete', closed_at = casework_now() WHERE type = 'side' AND closed_at IS NULL"
)


@pytest.fixture
def closing(engine: Engine, world: World) -> tuple[str, Task]:
    """A case whose closing was proposed."""
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        proposal = {
            "outcome": "not_viable",
            "reason": "technology/performance",
            "more_reasons": ["rules/regulation"],
            "statements": "They agree.",
        }
        world.fire(db, "officer", number, "propose_close", proposal)
        db.execute(END_SIDE_TASKS)
    case = of_case(engine, number)
    return number, next(task for task in case.open_tasks() if task.type == "step" and task.track == case.main.id)


def test_closing_opens_with_the_outcome_that_was_proposed(browser_for: Enter, closing: tuple[str, Task]) -> None:
    sent = read_page(browser_for("supervisor").get(f"/decisions/{closing[1].id}").text).sent
    chosen = {name.rpartition("f-")[2]: value for name, value in sent.items() if value}
    assert (chosen.get("outcome"), chosen.get("reason")) == ("not_viable", "technology/performance")


def test_the_page_of_a_closing_shows_what_is_proposed_on_which_facts_and_one_button_for_each_answer(
    browser_for: Enter, closing: tuple[str, Task]
) -> None:
    page = browser_for("supervisor").get(f"/decisions/{closing[1].id}").text
    assert offered(page) == ["as_proposed:close", "fire:return_to_work", "fire:close"]
    told = page.split('id="decide"')[0]
    # What, by whom, with which reasons and words; then the case itself: both sides, and how far it had come.
    asked, rests = told.split("What it rests on")
    for words in ("Officer proposed closing", "Not viable", "Performance", "Regulation", "They agree."):
        assert words in asked, words
    for words in ("Steam without coal", "Hebei", "State before", "Triage", "Effect on record"):
        assert words in rests, words
    card = page.split('id="decide"')[1]
    assert "Agree: Close the case" in card
    assert "Do not agree: Return the case to work" in card
    # What was proposed is not asked once more of who agrees; another end lies folded below.
    agrees, otherwise = card.split("Decide otherwise")
    assert 'name="own-as_proposed-close.f-more_reasons"' in agrees
    assert "f-outcome" not in agrees
    assert "own-fire-close.f-outcome" in otherwise


def test_who_agrees_closes_the_case_as_it_was_proposed(
    browser_for: Enter, engine: Engine, closing: tuple[str, Task]
) -> None:
    number, task = closing
    supervisor = browser_for("supervisor")
    sent = read_page(supervisor.get(f"/decisions/{task.id}").text).sent
    assert sent.getlist("own-as_proposed-close.f-more_reasons") == ["rules/regulation"]
    # A reason more, and nothing else can be said of what was proposed.
    more = {
        "own-as_proposed-close.f-more_reasons": ["rules/regulation", "money/price"],
        "own-as_proposed-close.f-outcome": "duplicate",
    }
    said = (
        {name: sent.getlist(name) for name in sent}
        | more
        | {"answer": "as_proposed:close", "reason": "Both were heard."}
    )
    assert supervisor.flask.post(f"/decisions/{task.id}", data=said).status_code == 303
    case = of_case(engine, number)
    assert case.main.states == ("closed",)
    assert (case.outcome, case.reasons) == (
        "not_viable",
        ("technology/performance", "rules/regulation", "money/price"),
    )
    assert case.main.fired["close"].data["outcome"] == "not_viable"


def test_who_does_not_agree_owes_a_reason_and_the_case_goes_on(
    browser_for: Enter, engine: Engine, closing: tuple[str, Task]
) -> None:
    number, task = closing
    refused = press(browser_for("supervisor"), task.id, "fire:return_to_work")
    assert refused.status_code == 422
    assert 'id="reason-fault"' in refused.text
    assert press(browser_for("supervisor"), task.id, "fire:return_to_work", "Ask once more.").status_code == 303
    assert of_case(engine, number).main.states == ("triage",)


def test_what_is_decided_otherwise_unfolds_where_it_is_refused_and_keeps_what_was_chosen(
    browser_for: Enter, engine: Engine, closing: tuple[str, Task]
) -> None:
    number, task = closing
    supervisor = browser_for("supervisor")
    otherwise = {"own-fire-close.f-outcome": "duplicate", "own-fire-close.f-reason": "technology/performance"}
    refused = press(supervisor, task.id, "fire:close", **otherwise)
    assert refused.status_code == 422
    assert re.search(r'<details class="otherwise" open>', refused.text)
    assert read_page(refused.text).sent["own-fire-close.f-outcome"] == "duplicate"
    assert press(supervisor, task.id, "fire:close", **otherwise, **{"own-fire-close.sure": "yes"}).status_code == 303
    assert of_case(engine, number).outcome == "duplicate"


def test_where_nothing_was_proposed_there_is_nothing_to_agree_to(
    browser_for: Enter, engine: Engine, world: World, closing: tuple[str, Task]
) -> None:
    number, task = closing
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET outcome = NULL, reasons = '{}' WHERE number = :n"), {"n": number})
    page = browser_for("supervisor").get(f"/decisions/{task.id}").text
    assert offered(page) == ["fire:return_to_work", "fire:close"]
    assert "Decide otherwise" not in page


OWN = "own-fire-close."


def close(browser: Browser, task: str, page: str | None = None, **more: Any) -> Any:
    """Press what closes the case, with files."""
    read = read_page(page or browser.get(f"/decisions/{task}").text)
    sent: dict[str, Any] = {name: read.sent.getlist(name) for name in read.sent}
    more = {name if name in ("answer", "held-out") else OWN + name: value for name, value in more.items()}
    said = {"answer": "fire:close", OWN + "sure": "yes", OWN + "f-outcome": "deployed"}
    return browser.flask.post(f"/decisions/{task}", data=sent | said | more, content_type="multipart/form-data")


def test_what_an_answer_asks_for_is_handed_in_with_it_and_survives_its_faults(app: Flask, engine: Engine) -> None:
    ended = do("officer", "case.end_monitoring", outcome="deployed_unmeasured", report="no_data")
    scene = play(app, engine, (*to_monitoring(), ended), "supervisor", "/cases/{number}")
    number, supervisor = scene.number, scene.browser
    with transaction(engine) as db:
        db.execute(END_SIDE_TASKS)
    before = of_case(engine, number)
    task = next(one for one in before.open_tasks() if one.type == "step" and one.track == before.main.id)
    chosen: dict[str, Any] = {"u-report": (io.BytesIO(PDF), "closing report.pdf"), "f-outcome": "deployed_unmeasured"}
    refused = close(supervisor, task.id, **chosen)
    assert refused.status_code == 422
    assert 'id="f-whose-report-own-fire-close-fault"' in refused.text
    assert re.search(r"closing report\.pdf.*kept from your first try", refused.text, re.S)
    assert of_case(engine, number).documents == before.documents
    said = {"report-f-whose": "both", "f-outcome": "deployed_unmeasured"}
    assert close(supervisor, task.id, refused.text, **said).status_code == 303
    case = of_case(engine, number)
    assert case.main.states == ("closed",)
    added = [one for id, one in case.documents.items() if id not in before.documents]
    assert [(one.kind, one.party) for one in added] == [("report", None)]
    assert case.main.fired["close"].data["report"] == [one.id for one in added]
