"""A provider's pages: what was offered, the answer to it, and who sees it at all."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.case_actions import register_document
from casework.operations.core.perform import home_of
from casework.operations.deadlines.limits import set_limit
from casework.operations.referrals import inbox
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.operations.privacy.removal_scene import remove_referral
from tests.support.queries import counted
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today
from tests.web.referrals.offers import accept, acceptance, read_accept, states

BrowserFor = Callable[[str], Browser]


pytestmark = pytest.mark.stage(play=to_referral)


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
        "paused: it is our turn",
        "It is our turn.",
        "Beijing time",
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


def test_a_provider_reads_when_the_contents_of_the_case_went_and_is_offered_nothing(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    at = f"/referrals/{remove_referral(engine, world)}"
    page = browser_for("provider").get(at).text
    assert f'The contents of this case were removed on <time datetime="{today()}"' in page
    assert "retention" not in page
    assert re.findall(r"/(?:actions|tasks/new|follow|correct)[^\"]*", page.split("<main")[1]) == []
