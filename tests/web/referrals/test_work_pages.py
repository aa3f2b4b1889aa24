"""A referral that was accepted: its steps, what either side asks of the other and shares, and what both read of it."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.test import TestResponse

from casework.operations.core.perform import home_of
from casework.operations.documents.storage import DocumentStore
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.queries import counted
from tests.support.way_to_referral import complete, to_bank, to_referral
from tests.support.web_client import Browser
from tests.support.world import World, today
from tests.web.referrals.offers import accept, child, read_accept, states

BrowserFor = Callable[[str], Browser]


pytestmark = pytest.mark.stage(play=to_referral)


def test_a_step_of_the_service_starts_the_referral(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    accept(browser, world, offer)
    page = f"/referrals/{offer}/{child(engine, offer)}/find_gaps"
    assert page in browser.get(f"/referrals/{offer}").text
    answer = browser.flask.post(page, data=read_accept(browser.get(page).text) | {"f-items": "The test data"})
    assert answer.status_code == 303
    assert states(engine, offer) == ["in_progress"]
    assert states(engine, child(engine, offer)) == ["incomplete"]
    page = browser.get(f"/referrals/{offer}").text
    assert "In progress · " in page
    assert "paused" not in page.split("Their clock:")[1].split("</dl>")[0]


def test_the_step_of_a_service_says_until_when(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    accept(browser_for("provider"), world, offer)
    for who in ("provider", "officer"):
        page = browser_for(who).get(f"/referrals/{offer}").text
        assert re.search(r'<span class="now">here: [^<]+ · [^<]+ · <time [^>]+>in \d+ working days · ', page)


def test_what_was_shared_is_what_a_form_offers(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    accept(browser, world, offer)
    page = browser.get(f"/referrals/{offer}/{child(engine, offer)}/admit").text
    # Nothing was: it is handed in there, and no empty list stands before that.
    assert re.findall(r'name="([fu]-application)"', page) == ["u-application"]
    assert "There is nothing to choose from yet." not in page


def test_what_is_not_possible_says_why(engine: Engine, world: World, offer: str, browser_for: BrowserFor) -> None:
    browser = browser_for("provider")
    accept(browser, world, offer)
    with transaction(engine) as db:
        db.execute(text("UPDATE tracks SET states = ARRAY['in_progress'] WHERE id = CAST(:id AS uuid)"), {"id": offer})
    page = browser.get(f"/referrals/{offer}/{offer}/deliver").text
    assert "Not yet:" in page
    assert "Deliver the result" in browser.get(f"/referrals/{offer}").text


def test_giving_up_asks_once_and_names_what_follows(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    accept(browser, world, offer)
    with transaction(engine) as db:
        db.execute(text("UPDATE tracks SET states = ARRAY['in_progress'] WHERE id = CAST(:id AS uuid)"), {"id": offer})
    page = f"/referrals/{offer}/{offer}/give_up"
    sent = read_accept(browser.get(page).text)
    assert "The referral and the service below it end." in browser.get(page).text
    sent |= {"f-reason": "The expert is ill."}
    sent.pop("sure", None)
    assert browser.flask.post(page, data=sent).status_code == 422
    assert states(engine, offer) == ["in_progress"]
    assert browser.flask.post(page, data=sent | {"sure": "yes"}).status_code == 303
    assert states(engine, offer) == ["failed"]


def test_a_lead_names_another_person(engine: Engine, world: World, offer: str, browser_for: BrowserFor) -> None:
    accept(browser_for("provider"), world, offer)
    with transaction(engine) as db:
        db.execute(text("UPDATE tracks SET states = ARRAY['in_progress'] WHERE id = CAST(:id AS uuid)"), {"id": offer})
    page = f"/referrals/{offer}/{offer}/change_person"
    # A member is not offered what only the lead does.
    assert browser_for("provider").get(page).status_code == 404
    lead = browser_for("provider_lead")
    sent = read_accept(lead.get(page).text) | {"f-person": world.people["provider_lead"], "f-interest": "no"}
    assert lead.flask.post(page, data=sent).status_code == 303
    assert "Provider Lead does it" in lead.get(f"/referrals/{offer}").text


def test_what_is_late_stands_on_whose_side_it_is(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE tasks SET due_at = casework_now() - interval '5 days' WHERE queue = 'provider'"))
    browser = browser_for("provider")
    assert 'class="late"' in browser.get("/").text
    page = f"/referrals/{offer}/{offer}/ask_info"
    browser.flask.post(page, data=read_accept(browser.get(page).text) | {"f-items": "The drawings"})
    with transaction(engine) as db:
        db.execute(
            text(
                "UPDATE tasks SET due_at = casework_now() - interval '5 days' WHERE queue = 'officer' AND name = 'info_asked'"
            )
        )
    page_text = browser.get("/").text
    assert 'class="late"' not in page_text
    assert "their turn" in page_text


def test_both_sides_read_the_same_history(world: World, offer: str, browser_for: BrowserFor) -> None:
    browser = browser_for("provider")
    accept(browser, world, offer)
    for who in ("provider", "officer", "supervisor"):
        page = browser_for(who).get(f"/referrals/{offer}").text
        assert "Provider accepted the request" in page, who


@pytest.mark.parametrize(("whose", "party", "own"), [("need_owner", "need_owner", False), ("own", None, True)])
def test_the_office_hands_in_with_its_answer_what_a_provider_asked_for(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor, whose: str, party: str | None, own: bool
) -> None:
    """As whose paper it is, in the case; the file is chosen once, whatever else was forgotten."""
    with transaction(engine) as db:
        number = str(db.execute(text("SELECT number FROM cases ORDER BY opened_at DESC LIMIT 1")).scalar_one())
        world.fire(db, "provider", number, "ask_info", {"items": "The figures"}, track=offer)
    officer, path = browser_for("officer"), f"/referrals/{offer}/{offer}/supply_info"

    def send(page: str, **more: Any) -> TestResponse:
        return officer.flask.post(path, data=read_accept(page) | more, content_type="multipart/form-data")

    page = officer.get(path).text
    assert "There is nothing to choose from yet." not in page
    chosen: dict[str, Any] = {"u-documents": (io.BytesIO(PDF), "figures.pdf")}
    refused = send(page, **chosen)
    assert refused.status_code == 422
    assert 'id="f-whose-documents-fault"' in refused.text
    assert "figures.pdf" in refused.text
    done = send(refused.text, **{"documents-f-whose": whose, "f-answer": "Here they are."})
    assert done.status_code == 303, re.findall(r'class="fault"[^>]*>([^<]*)', done.text)
    with transaction(engine) as db:
        case = load(db, home_of(db, number), "case")
        assert verify_case(db, home_of(db, number)) == []
    [paper] = [case.documents[id] for id in case.tracks[offer].given["documents"]]
    assert (paper.party, paper.own, paper.track) == (party, own, None)


def test_an_extension_moves_the_referral_and_not_the_case(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number = str(db.execute(text("SELECT number FROM cases ORDER BY opened_at DESC LIMIT 1")).scalar_one())
        world.accept(db, number, offer)
        asked = {"new_date": (today() + timedelta(days=50)).isoformat(), "reason": "The laboratory is closed."}
        world.fire(db, "provider", number, "ask_extension", asked, track=offer)
        case = load(db, home_of(db, number), "case")
    task = next(task.id for task in case.open_tasks() if task.name == "decide_extension")
    page = browser_for("officer").get(f"/decisions/{task}").text
    assert "The referral stays at “Accepted”." in page
    assert "The case stays" not in page
    assert page.count(">Why<") == 1


def test_what_happened_names_the_decision_and_the_paper_and_no_code(
    app: Flask, engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    later = (today() + timedelta(days=50)).isoformat()
    with transaction(engine) as db:
        number = str(db.execute(text("SELECT number FROM cases ORDER BY opened_at DESC LIMIT 1")).scalar_one())
        world.accept(db, number, offer)
        world.fire(db, "provider", number, "start", track=offer)
        asked = {"new_date": later, "reason": "The laboratory is closed."}
        world.fire(db, "provider", number, "ask_extension", asked, track=offer)
        complete(world, db, "officer", number, "decide_extension", data={"granted": False})
    store = DocumentStore(engine, app.extensions["casework.store"], app.extensions["casework.secret_box"])
    world.hand_in(store, number, "provider", title="Draft report", referral=offer)
    for who in ("provider", "officer"):
        shared = browser_for(who).get(f"/referrals/{offer}").text.split("What happened")[1]
        happened = " ".join(re.sub(r"<[^>]*>", " ", shared).split())
        assert "did not grant more time" in happened, who
        assert "added “Draft report”" in happened, who
        assert "a task" not in happened, who
        assert " en " not in happened, who


def test_what_the_sheet_keeps_back_is_asked_once_for_a_page(
    engine: Engine, world: World, app: Flask, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        _, bank, loan = to_bank(world, db)
    browser = browser_for("foreign_provider")
    for path in (f"/referrals/{bank}", f"/referrals/{bank}/{loan}/eligible"):
        with counted(app) as sent:
            assert browser.get(path).status_code == 200, path
        assert sum("array_agg(x.id::text) AS owners FROM rights" in one.query for one in sent) == 1, path
