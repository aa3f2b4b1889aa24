"""Sealed mediations: opened by the case's number, and there for nobody who is not named."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.people.registry import end_role, grant_role
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return world.new_case(db)


def begin(browser: Browser, number: str) -> str:
    answer = browser.post("/mediations", {"case": number}, page=f"/mediations/new?case={number}")
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_before_it_is_opened_only_the_outline_is_seen(world: World, number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("dispute_officer")
    assert "You are named for no mediation." in browser.get("/mediations").text
    page = browser.get(f"/mediations/new?case={number}").text
    assert number in page
    assert "Hebei Steam Works" in page
    assert "not even that it exists" in page


@pytest.mark.parametrize("wanted", ["BJ-2099-0001", "nonsense"])
def test_an_unknown_case_and_one_of_another_programme_look_alike(
    world: World, browser_for: BrowserFor, wanted: str
) -> None:
    answer = browser_for("dispute_officer").get(f"/mediations/new?case={wanted}")
    assert answer.status_code == 422
    assert f"There is no case {wanted} in your programme." in answer.text


def test_it_is_opened_and_worked_on_by_its_actions(
    engine: Engine, world: World, number: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("dispute_officer")
    place = begin(browser, number)
    page = browser.get(place).text
    assert "The mediation is open, and sealed" in page
    assert "Send the request" in page
    assert place in browser.get("/mediations").text
    with transaction(engine) as db:
        track = str(db.execute(text("SELECT t.id FROM tracks t JOIN mediations m ON m.id = t.log_id")).scalar_one())
    address = f"{place}/{track}/send"
    inside = browser.get(address).text.split('class="asks"')[1].split("</form>")[0]
    sent = read_page(f"<form {inside}</form>").sent.to_dict()
    answer = browser.flask.post(address, data=sent)
    assert answer.status_code == 422
    assert "Enter “" in answer.text or "Choose an answer to “" in answer.text
    sent |= {
        "f-service": "mediation",
        "f-provider": world.organisations["lab"],
        "f-fee": "both",
        "f-wanted_on": "2099-01-05",
    }
    assert browser.flask.post(address, data=sent).status_code == 303
    page = browser.get(place).text
    assert "Dispute Officer sent the request" in page
    # Its provider meets it as a referral, without the case's number.
    offer = browser_for("provider").get(f"/referrals/{track}")
    assert offer.status_code == 200
    assert number not in offer.text
    papers = browser.get(f"/referrals/{track}/documents")
    assert place in papers.text


def test_for_everybody_else_it_is_not_there(engine: Engine, world: World, number: str, browser_for: BrowserFor) -> None:
    place = begin(browser_for("dispute_officer"), number)
    for who in ("officer", "supervisor", "compliance", "auditor", "manager", "provider", "administrator"):
        browser = browser_for(who)
        assert browser.get(place).status_code == 404, who
        assert browser.get("/mediations").status_code == 404, who
    with transaction(engine) as db:
        title = db.execute(text("SELECT title FROM mediations")).scalar_one()
        assert title
    for who in ("auditor", "administrator", "foreign_provider"):
        assert "ediation" not in browser_for(who).get(f"/search?q={title}").text.split("<main")[1].split("</main>")[0]


def test_the_cases_own_officer_opens_none(engine: Engine, world: World, number: str, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET owner_id = CAST(:p AS uuid)"), {"p": world.people["dispute_officer"]})
    browser = browser_for("dispute_officer")
    answer = browser.get(f"/mediations/new?case={number}")
    assert answer.status_code == 422
    assert "leads no mediation about it" in answer.text
    assert browser.post("/mediations", {"case": number}).status_code == 403


def test_who_led_it_and_has_the_role_no_more_finds_nothing_of_it(
    world: World, number: str, engine: Engine, browser_for: BrowserFor
) -> None:
    place = begin(browser_for("dispute_officer"), number)
    with transaction(engine) as db:
        held = db.execute(
            text("SELECT id FROM memberships WHERE person_id = :id"), {"id": world.people["dispute_officer"]}
        ).scalar_one()
        end_role(db, held)
        grant_role(db, world.people["dispute_officer"], "auditor", programme=world.programmes["BJ"])
    browser = browser_for("dispute_officer")
    assert browser.get(place).status_code == 404
    token = {"Authorization": f"Bearer {world.tokens['dispute_officer']}"}
    for path in ("", "/events", "/notes", "/readers"):
        assert browser.get(f"/api/v1{place}{path}", headers=token).status_code == 404, path
