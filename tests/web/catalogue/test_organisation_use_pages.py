"""An organisation is said to have expired on its page, its case says so, and it is brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.operations.catalogue.test_organisation_use import enter, open_of, own_match
from tests.support.web_client import Browser
from tests.support.world import World
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


def test_who_only_reads_is_offered_no_change(browser_for: Enter, owner: tuple[str, str]) -> None:
    assert f"/organisations/{owner[0]}/use" not in browser_for("auditor").get(f"/organisations/{owner[0]}").text
