"""A case opened in an emergency, as people meet it: on the pages, in notifications, and over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.auth.passwords import hash_password
from casework.operations.core.perform import home_of
from casework.operations.notifications.service import tell_due
from casework.operations.people.registry import register_person
from casework.operations.people.role_requests import ask_role, decide_role
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.mediations.notified import told

BrowserFor = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=World.new_case)


@pytest.fixture
def number(staged: str) -> str:
    return staged


def smash(browser: Browser, number: str, **other: str) -> int:
    sent = {"case": number, "f-reason": "All officers are in the accident.", "sure": "yes", **other}
    return browser.post("/emergency", sent, page=f"/emergency?case={number}").status_code


def test_an_administrator_reads_a_case_after_saying_why_and_being_sure(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("administrator")
    assert browser.get(f"/cases/{number}").status_code == 404
    page = browser.get(f"/emergency?case={number}").text
    assert "All supervisors and auditors of the programme are told at once" in page
    assert smash(browser, number, sure="") == 422
    assert smash(browser, number, **{"f-reason": ""}) == 422
    assert browser.get(f"/cases/{number}").status_code == 404
    assert smash(browser, number) == 303
    assert browser.get(f"/cases/{number}").status_code == 200
    assert browser.get(f"/cases/{number}/history").status_code == 200
    assert browser.get(f"/cases/{number}/documents").status_code == 200


def test_supervisors_auditors_and_the_cases_owner_are_told_at_once(
    engine: Engine, world: World, number: str, browser_for: BrowserFor
) -> None:
    told(engine, world)
    with transaction(engine) as db:
        db.execute(text("DELETE FROM notifications"))
    smash(browser_for("administrator"), number)
    found = told(engine, world)
    assert {name for name, kinds in found.items() if kinds == ["emergency"]} >= {
        "supervisor",
        "second_supervisor",
        "auditor",
    }
    assert "administrator" not in found
    assert not {"provider", "foreign_officer", "dispute_officer", "observer"} & found.keys()


def test_an_emergency_names_who_made_whom(engine: Engine, world: World, number: str, browser_for: BrowserFor) -> None:
    """On the page before, in the history and in the notification: the role was asked for by one and agreed to by another."""
    with transaction(engine) as db:
        person = register_person(
            db, email="anton@example.org", name="Anton Zweit", password_hash=hash_password(world.password)
        )
        world.people["anton"] = person
        asked = ask_role(
            db, person, "administrator", programme=world.programmes["BJ"], by=world.people["administrator"]
        )
        decide_role(db, world.actor(db, "supervisor"), asked, agree=True, note="", request=new_request())
    browser = browser_for("anton")
    made = "asked for by Administrator, agreed to by Supervisor"
    assert made in browser.get(f"/emergency?case={number}").text
    assert smash(browser, number) == 303
    said = "Anton Zweit opened the case in an emergency, to read it; the role was asked for by Administrator and agreed to by Supervisor"
    assert said in browser_for("auditor").get(f"/cases/{number}/history").text
    assert said in browser_for("supervisor").get(f"/cases/{number}").text
    tell_due(engine, mailing=False)
    page = browser_for("auditor").get("/notifications").text
    assert said in page
    with transaction(engine) as db:
        assert verify_case(db, home_of(db, number)) == []


def test_an_administrator_from_the_command_line_is_named_so(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("administrator")
    assert "given by the command line alone" in browser.get(f"/emergency?case={number}").text
    assert smash(browser, number) == 303
    assert (
        "; the role was given by the command line alone" in browser_for("auditor").get(f"/cases/{number}/history").text
    )


def test_each_page_read_in_an_emergency_is_noted_and_listed_to_auditors(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("administrator")
    smash(browser, number)
    browser.get(f"/cases/{number}/history")
    shown = browser_for("auditor").get(f"/reading?number={number}").text
    assert f"/cases/{number}/history" in shown
    assert "Administrator" in shown


def test_a_number_that_is_not_theirs_and_one_that_is_not_there_look_alike(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    answer = browser_for("administrator").get("/emergency?case=SH-2099-0001")
    assert answer.status_code == 422
    assert "There is no case SH-2099-0001" in answer.text


def test_it_changes_nothing_for_the_provider(
    app: Flask, engine: Engine, world: World, number: str, browser_for: BrowserFor
) -> None:
    smash(browser_for("administrator"), number)
    bearer = {"Authorization": f"Bearer {world.tokens['administrator']}"}
    assert app.test_client().get(f"/api/v1/cases/{number}", headers=bearer).status_code == 200
    answer = app.test_client().post(
        f"/api/v1/cases/{number}/messages",
        json={"audience": "internal", "words": "x"},
        headers=bearer | {"Idempotency-Key": "k" * 20},
    )
    assert answer.status_code == 403
