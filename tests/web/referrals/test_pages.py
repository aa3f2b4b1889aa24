"""A provider's pages: offers, the answer to one, the work step by step, and its members."""

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

from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.operations.deadlines.limits import set_limit
from casework.operations.documents.storage import DocumentStore
from casework.operations.referrals import inbox
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.file_makers import PDF
from tests.support.pages import read_page
from tests.support.queries import counted
from tests.support.way_to_referral import complete, to_bank, to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]


pytestmark = pytest.mark.stage(play=to_referral)


@pytest.fixture
def offer(staged: tuple[str, str]) -> str:
    return staged[1]


def states(engine: Engine, track: str) -> list[str]:
    with transaction(engine) as db:
        return list(
            db.execute(text("SELECT states FROM tracks WHERE id = CAST(:id AS uuid)"), {"id": track}).scalar_one()
        )


def child(engine: Engine, referral: str) -> str:
    with transaction(engine) as db:
        return str(
            db.execute(text("SELECT id FROM tracks WHERE parent_id = CAST(:id AS uuid)"), {"id": referral}).scalar_one()
        )


def acceptance(world: World) -> dict[str, str]:
    return {
        "interest": "no",
        "confidentiality": "yes",
        "service": "assessment",
        "person": world.people["provider"],
        "charge": "free",
        "planned_on": (today() + timedelta(days=30)).isoformat(),
    }


def accept(browser: Browser, world: World, offer: str) -> TestResponse:
    page = f"/referrals/{offer}"
    opened = browser.get(page)
    token = read_accept(opened.text)
    token.update({f"f-{name}": value for name, value in acceptance(world).items()})
    return browser.flask.post(f"{page}/{offer}/accept", data=token)


def read_accept(page: str) -> dict[str, str]:
    """What the form of acceptance sends by itself: the others of the page are the frame's."""
    inside = page.split('class="asks"')[1].split("</form>")[0]
    return read_page(f"<form {inside}</form>").sent.to_dict()


def test_its_history_begins_with_the_request_for_the_provider_too(
    world: World, offer: str, browser_for: BrowserFor
) -> None:
    told = [
        browser_for(who).get(f"/referrals/{offer}").text.split("What happened")[1] for who in ("provider", "officer")
    ]
    assert ["sent the request" in one for one in told] == [True, True]


def test_an_offer_stands_in_the_inbox_with_its_answer_clock(world: World, offer: str, browser_for: BrowserFor) -> None:
    page = browser_for("provider").get("/").text
    assert "Offers" in page
    assert f"/referrals/{offer}" in page
    assert "answer " in page
    assert "Hebei Steam Works" in page
    assert "Green technology assessment" in page


def test_a_tab_says_how_far_it_was_counted(
    offer: str, browser_for: BrowserFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "_FEW", 0)
    monkeypatch.setattr(inbox, "_COUNTED_TO_OF_MANY", 1)
    for address in ("/", "/referrals/working"):
        assert re.search(r">Offers(?:\s|<[^>]*>)*1\+<", browser_for("provider").get(address).text)


def test_an_offer_shows_what_lets_a_conflict_be_seen_and_no_more(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    page = browser_for("provider").get(f"/referrals/{offer}").text
    for words in (
        "Does it reach 180 degrees?",
        "Hebei Steam Works",
        "Nordwind Boilers",
        "Beijing pilot",
        "Officer",
        "The programme",
        "Before you see more",
        "0 of 5 working days used",
        "Their clock:",
        "paused: the other side has its turn",
        "It is our turn.",
        "Asia/Shanghai",
    ):
        assert words in page, words
    with transaction(engine) as db:
        need = db.execute(text("SELECT rationale FROM matches LIMIT 1")).scalar_one()
    assert need not in page


def test_the_declarations_and_the_acceptance_are_one_form(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    answer = accept(browser, world, offer)
    assert answer.status_code == 303
    assert states(engine, offer) == ["accepted"]
    page = browser.get(answer.headers["Location"]).text
    assert "You accepted the request." in page
    assert "The work, step by step" in page
    assert "here: " in page
    assert f"/referrals/{offer}" in browser.get("/referrals/working").text
    home = browser.get("/").text
    assert "No offer waits for your answer." in home
    # What to do next is on hand all the same.
    assert "Start the work" in home


def test_what_is_wrong_stands_by_the_field_and_what_was_typed_is_kept(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    sent = read_accept(browser.get(f"/referrals/{offer}").text)
    assert (sent["f-person"], sent["f-planned_on"]) == (
        world.people["provider"],
        (today() + timedelta(days=60)).isoformat(),
    )
    sent |= {"f-interest": "no", "f-confidentiality": "no", "f-charge": "priced", "f-price.amount": "12,000"}
    sent["f-planned_on"] = ""
    answer = browser.flask.post(f"/referrals/{offer}/{offer}/accept", data=sent)
    assert answer.status_code == 422
    assert "Only “Yes” leads on." in answer.text
    assert "Enter the date: “Planned delivery”." in answer.text
    assert 'value="12,000"' in answer.text
    assert states(engine, offer) == ["sent"]


def test_a_second_click_accepts_once(engine: Engine, world: World, offer: str, browser_for: BrowserFor) -> None:
    browser = browser_for("provider")
    sent = read_accept(browser.get(f"/referrals/{offer}").text)
    sent |= {f"f-{name}": value for name, value in acceptance(world).items()}
    address = f"/referrals/{offer}/{offer}/accept"
    assert [browser.flask.post(address, data=sent).status_code for _ in range(2)] == [303, 303]
    with transaction(engine) as db:
        fired = db.execute(text("SELECT count(*) FROM events WHERE effects->>'transition' = 'accept'")).scalar_one()
    assert fired == 1


def test_who_comes_too_late_sees_what_happened_and_keeps_the_text(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    page = f"/referrals/{offer}/{offer}/decline"
    opened = read_accept(browser.get(page).text)
    accept(browser_for("provider_lead"), world, offer)
    opened |= {"f-reason": "no_capacity", "f-note": "We are full until March."}
    answer = browser.flask.post(page, data=opened)
    assert answer.status_code == 409
    assert "We are full until March." in answer.text
    assert "This happened while you were typing." in answer.text
    assert "accepted the request" in answer.text
    assert states(engine, offer) == ["accepted"]


@pytest.mark.parametrize(
    ("transition", "values", "there"),
    [
        ("decline", {"reason": "no_capacity"}, "declined"),
        ("ask_info", {"items": "The drawings of the boiler"}, "info_asked"),
        ("declare_conflict", {"nature": "financial", "note": "We own a share of Nordwind."}, "conflict"),
    ],
)
def test_an_offer_may_be_answered_otherwise(
    engine: Engine,
    world: World,
    offer: str,
    browser_for: BrowserFor,
    transition: str,
    values: dict[str, str],
    there: str,
) -> None:
    browser = browser_for("provider")
    page = f"/referrals/{offer}/{offer}/{transition}"
    sent = read_accept(browser.get(page).text) | {f"f-{name}": value for name, value in values.items()}
    answer = browser.flask.post(page, data=sent, follow_redirects=True)
    assert answer.status_code == 200
    assert states(engine, offer) == [there]


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
    assert "paused: the other side has its turn" not in page.split("Their clock:")[1].split("</dl>")[0]


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


def test_an_officer_sees_the_referral_from_the_other_side(world: World, offer: str, browser_for: BrowserFor) -> None:
    page = browser_for("officer").get(f"/referrals/{offer}").text
    assert "Haidian Assessment Lab" in page
    assert "Before you see more" not in page
    assert "Cancel the referral" in page


def test_another_provider_and_a_draft_are_not_there(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    for who in ("foreign_provider", "verifier", "dispute_officer", "observer", "administrator", "foreign_officer"):
        assert browser_for(who).get(f"/referrals/{offer}").status_code == 404, who
    with transaction(engine) as db:
        db.execute(text("UPDATE tracks SET played = '{}' WHERE id = CAST(:id AS uuid)"), {"id": offer})
    assert browser_for("provider").get(f"/referrals/{offer}").status_code == 404


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    engine: Engine, world: World, app: Flask, browser_for: BrowserFor
) -> None:
    def how_many(path: str) -> int:
        with counted(app) as sent:
            assert browser.get(path).status_code == 200
        return len(sent)

    with transaction(engine) as db:
        to_referral(world, db)
    browser = browser_for("provider")
    paths = ("/", "/referrals/working", "/referrals/delivered")
    before = [how_many(path) for path in paths]
    with transaction(engine) as db:
        for _ in range(4):
            to_referral(world, db)
    assert [how_many(path) for path in paths] == before
    assert max(before) <= 10


def test_every_offer_is_shown_once_over_the_pages(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        made = {to_referral(world, db)[1] for _ in range(30)}
    browser, path, found = browser_for("provider"), "/", []
    while path:
        page = browser.get(path).text
        found += [row.split('href="/referrals/')[1].split('"')[0] for row in page.split("<h3>")[1:]]
        path = (
            page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
            if 'rel="next"' in page
            else ""
        )
    assert len(found) == len(set(found)) == 30
    assert set(found) == made


# --- members ---------------------------------------------------------------------------------------------------------


def roles_of(engine: Engine, person: str) -> list[str]:
    with transaction(engine) as db:
        rows = db.execute(
            text(
                "SELECT role FROM memberships WHERE person_id = CAST(:id AS uuid)"
                " AND (ends_at IS NULL OR ends_at > casework_now()) ORDER BY role"
            ),
            {"id": person},
        )
        return [row.role for row in rows]


def test_a_lead_rules_over_the_own_organisation_alone(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    lead = browser_for("provider_lead")
    assert "Haidian Assessment Lab" in lead.get("/members").text
    with transaction(engine) as db:
        other = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:p AS uuid)"),
            {"p": world.people["foreign_provider"]},
        ).scalar_one()
    assert lead.post(f"/members/{other}/end", page="/members").status_code == 404
    assert roles_of(engine, world.people["foreign_provider"]) == ["provider"]
    for who in ("provider", "officer", "administrator"):
        assert browser_for(who).get("/members").status_code == 404


def test_nobody_ends_the_own_role(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    lead = browser_for("provider_lead")
    with transaction(engine) as db:
        own = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:p AS uuid)"), {"p": world.people["provider_lead"]}
        ).scalar_one()
    answer = lead.post(f"/members/{own}/end", page="/members", follow=True)
    assert "you cannot end your own role" in answer.text
    assert roles_of(engine, world.people["provider_lead"]) == ["provider_lead"]


def test_an_offer_with_a_paper_is_offered_to_be_accepted(
    engine: Engine, world: World, browser_for: BrowserFor, offer: str
) -> None:
    """What is possible is decided on papers too that the provider may not see yet."""
    with transaction(engine) as db:
        number = str(db.execute(text("SELECT number FROM cases ORDER BY opened_at DESC LIMIT 1")).scalar_one())
        done = register_document(
            db,
            world.actor(db, "officer"),
            number,
            title="Figures",
            kind="report",
            party="need_owner",
            language=None,
            valid_until=None,
            revision=load(db, home_of(db, number), "case").revision,
            request=new_request(),
        )
        world.fire(db, "provider", number, "ask_info", {"items": "The figures"}, track=offer)
        supplied = {"documents": [done.answer["id"]], "answer": "Here."}
        world.fire(db, "officer", number, "supply_info", supplied, track=offer)
    assert accept(browser_for("provider"), world, offer).status_code == 303
    assert states(engine, offer) == ["accepted"]


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


def test_what_follows_without_an_answer_is_told_by_the_limits_of_the_programme(
    engine: Engine, world: World, offer: str, browser_for: BrowserFor
) -> None:
    browser = browser_for("provider")
    assert "No answer within 10 working days" in browser.get(f"/referrals/{offer}").text
    with transaction(engine) as db:
        for what, n in (("referral.transitions.lapse.after", 8), ("referral.states.accepted", 4)):
            set_limit(
                db,
                world.actor(db, "supervisor"),
                world.programmes["BJ"],
                what,
                n=n,
                reason="Slow.",
                request=new_request(),
            )
    page = browser.get(f"/referrals/{offer}").text
    assert "No answer within 8 working days" in page
    assert "within 4 working days" in page


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
