"""An organisation is said to have expired on its page, its case says so, and it is brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.operations.cases.queries import find_case
from casework.operations.catalogue.kept_records import set_owner
from casework.records.database import transaction
from tests.operations.catalogue.test_organisation_use import enter, open_of, own_match
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.catalogue.test_record_pages import fill

Enter = Callable[[str], Browser]


@pytest.fixture
def owner(engine: Engine, world: World) -> tuple[str, str]:
    """An organisation of the programme, and the number of a case of a need of it."""
    with transaction(engine) as db:
        organisation = enter(db, world)
        _, match = own_match(db, world, organisation)
        return organisation, open_of(db, world, match)


def test_one_expires_and_is_brought_back_on_its_page(browser_for: Enter, owner: tuple[str, str]) -> None:
    browser, page, case = browser_for("officer"), f"/organisations/{owner[0]}", f"/cases/{owner[1]}"
    assert "It has expired" in browser.get(page).text
    assert "The record of this organisation has expired." not in browser.get(case).text
    assert "Said:" not in fill(browser, f"{page}/use", reason=" ")
    said = fill(browser, f"{page}/use", reason="Struck off the register.")
    assert "Said: it is named in nothing new." in said
    assert "nothing new names this organisation, and cases that run go on." in said
    assert "Officer said that this record has expired" in said
    assert "Struck off the register." in said
    assert page in browser.get("/organisations?state=expired").text
    assert "The record of this organisation has expired." in browser.get(case).text
    assert "It can be named again." in fill(browser, f"{page}/use", reason="Entered again.")
    assert page not in browser.get("/organisations?state=expired").text
    assert "The record of this organisation has expired." not in browser.get(case).text


def test_the_pages_of_what_it_owns_say_so(
    browser_for: Enter, engine: Engine, world: World, owner: tuple[str, str]
) -> None:
    browser, page = browser_for("officer"), f"/organisations/{owner[0]}"
    with transaction(engine) as db:
        # A technology of its own, beside the need.
        who, technology, asked = world.actor(db, "officer"), world.technologies[1], new_request()
        set_owner(db, who, "technology", technology, organisation=owner[0], reason="Its own.", request=asked)
        need = find_case(db, who, owner[1])[0].need
    pages = {"needs": f"/needs/{need}", "technologies": f"/technologies/{technology}"}
    for plural, at in pages.items():
        assert "owner expired" not in browser.get(at).text
        assert "owner expired" not in browser.get(f"/{plural}").text
        assert f"{at}/match" in browser.get(at).text
    fill(browser, f"{page}/use", reason="Struck off the register.")
    for plural, at in pages.items():
        shown = browser.get(at).text
        assert "owner expired" in shown
        assert page in shown
        assert "Its matches open no case, and no new match is made of it; cases that run go on." in shown
        # It has not been withdrawn itself, and nothing is offered that would be refused.
        assert "Withdraw" in shown
        assert "Bring back" not in shown
        assert f"{at}/match" not in shown
        assert "owner expired" in browser.get(f"/{plural}").text
    fill(browser, f"{page}/use", reason="Entered again.")
    for at in pages.values():
        assert "owner expired" not in browser.get(at).text


def test_who_only_reads_is_offered_no_change(browser_for: Enter, owner: tuple[str, str]) -> None:
    assert f"/organisations/{owner[0]}/use" not in browser_for("auditor").get(f"/organisations/{owner[0]}").text
