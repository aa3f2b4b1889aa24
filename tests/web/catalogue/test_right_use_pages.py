"""The record of a right is said to have expired on its page, its case says so, and it is brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.operations.cases.queries import find_case
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.catalogue.test_record_pages import fill

Enter = Callable[[str], Browser]


@pytest.fixture
def right(engine: Engine, world: World) -> tuple[str, str]:
    """A right, and the number of a case that is about it."""
    with transaction(engine) as db:
        number = world.open_case(db)
        return find_case(db, world.actor(db, "officer"), number)[0].rights[0], number


def test_one_expires_and_is_brought_back_on_its_page(browser_for: Enter, right: tuple[str, str]) -> None:
    browser, page, case = browser_for("officer"), f"/rights/{right[0]}", f"/cases/{right[1]}"
    tag = "record expired"
    assert "Its record has expired" in browser.get(page).text
    assert tag not in browser.get(case).text
    assert "Said:" not in fill(browser, f"{page}/use", reason=" ")
    said = fill(browser, f"{page}/use", reason="Given up.")
    assert "Said: the right is named in nothing new." in said
    assert "nothing new names this right, and cases that run keep it." in said
    assert "Officer said that this record has expired" in said
    assert "Given up." in said
    assert page in browser.get("/rights?state=expired").text
    assert tag in browser.get(case).text
    assert "Cases can be about it again" in browser.get(f"{page}/use").text
    assert "The right can be named again." in fill(browser, f"{page}/use", reason="Its owner keeps it.")
    assert "No right stands so." in browser.get("/rights?state=expired").text
    assert page in browser.get("/rights?state=confirmed").text
    assert tag not in browser.get(case).text


def test_who_only_reads_is_offered_no_change(browser_for: Enter, right: tuple[str, str]) -> None:
    assert f"/rights/{right[0]}/use" not in browser_for("auditor").get(f"/rights/{right[0]}").text
