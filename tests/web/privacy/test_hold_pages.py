"""Legal holds on their pages: placed at a case, told there, and ended by another person."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

BrowserFor = Callable[[str], Browser]


def new_case(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return world.new_case(db)


def place(browser: Browser, world: World, **given: str) -> str:
    sent = {"programme": world.programmes["BJ"], "reason": "A court has asked for it.", "until": "", **given}
    return browser.post("/legal-holds", sent, follow=True).text


def test_one_places_it_at_a_case_and_another_ends_it(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    number = new_case(engine, world)
    compliance, supervisor, officer = browser_for("compliance"), browser_for("supervisor"), browser_for("officer")
    assert f"/legal-holds/new?case={number}" in compliance.get(f"/cases/{number}").text
    assert "Place a legal hold" not in words_of(officer.get(f"/cases/{number}").text)
    assert f"case {number}" in words_of(compliance.get(f"/legal-holds/new?case={number}").text)
    refused = compliance.post(f"/legal-holds?case={number}", {"programme": world.programmes["BJ"], "reason": ""})
    assert refused.status_code == 422
    assert f"case {number}" in words_of(refused.text)
    told = place(compliance, world, case=number)
    assert "You asked for it, so another person decides" in words_of(told)
    assert "A court has asked for it." in words_of(supervisor.get(f"/cases/{number}").text)
    seen = words_of(officer.get(f"/cases/{number}").text)
    assert "Legal hold since" in seen
    assert "A court has asked for it." not in seen
    listed = supervisor.get("/legal-holds").text
    assert f"case {number}" in words_of(listed)
    found = re.search(r'href="(/legal-holds/[0-9a-f-]{36})"', listed)
    assert found is not None
    page = supervisor.get(found[1]).text
    assert "End the legal hold" in words_of(page)
    refused = supervisor.post(f"{found[1]}/end", {"reason": ""})
    assert refused.status_code == 422
    done = words_of(supervisor.post(f"{found[1]}/end", {"reason": "The suit is over."}, follow=True).text)
    assert "The suit is over." in done
    assert supervisor.post(f"{found[1]}/end", {"reason": "Again."}).status_code == 409
    assert "Legal hold since" not in words_of(officer.get(f"/cases/{number}").text)


def test_an_organisation_is_held_from_its_own_page(world: World, browser_for: BrowserFor) -> None:
    supervisor, party = browser_for("supervisor"), world.organisations["need_owner"]
    assert f"/legal-holds/new?organisation={party}" in supervisor.get(f"/organisations/{party}").text
    assert "the cases of" in words_of(supervisor.get(f"/legal-holds/new?organisation={party}").text)
    assert "the cases of" in words_of(place(supervisor, world, organisation=party))
    assert supervisor.get("/legal-holds/new?organisation=nobody").status_code == 404


def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_is_kept(world: World, browser_for: BrowserFor) -> None:
    compliance = browser_for("compliance")
    page = place(compliance, world, until="2020-01-01")
    assert "must be today or later" in words_of(page)
    assert "A court has asked for it." in page
    assert "write a day as YYYY-MM-DD" in words_of(place(compliance, world, until="soon"))
    assert "is not one of the choices" in words_of(place(compliance, world, programme=world.programmes["SH"]))


def test_a_case_is_held_by_its_number_from_the_list(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    number, supervisor = new_case(engine, world), browser_for("supervisor")
    assert "Its number, such as" in words_of(supervisor.get("/legal-holds/new").text)
    refused = place(supervisor, world, case="BJ-2026-9999")
    assert "No case of this programme that you see whole has this number" in words_of(refused)
    assert 'value="BJ-2026-9999"' in refused
    assert "A court has asked for it." in refused
    assert f"case {number}" in words_of(place(supervisor, world, case=f" {number.lower()} "))


def test_nobody_else_finds_them(world: World, browser_for: BrowserFor) -> None:
    for name in ("officer", "provider", "administrator", "observer", "foreign_officer"):
        assert browser_for(name).get("/legal-holds").status_code in (403, 404)
