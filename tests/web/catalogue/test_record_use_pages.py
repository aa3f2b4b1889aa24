"""A need or technology is withdrawn on its page, its match opens no case, and it is brought back."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.catalogue.test_record_pages import fill

Enter = Callable[[str], Browser]


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_one_is_withdrawn_and_brought_back_on_its_page(browser_for: Enter, world: World, plural: str) -> None:
    browser, match = browser_for("officer"), world.matches[0]
    page = f"/{plural}/{(world.needs if plural == 'needs' else world.technologies)[0]}"
    assert "Withdraw" in browser.get(page).text
    assert "Said:" not in fill(browser, f"{page}/use", status="withdrawn")
    said = fill(browser, f"{page}/use", status="withdrawn", reason="They found one themselves.")
    assert "Said: its matches open no case." in said
    assert "Its matches open no case, and no new match is made of it; cases that run go on." in said
    assert "They found one themselves." in said
    assert "withdrawn" in browser.get(f"/{plural}").text
    assert f"/matches/{match}" not in browser.get("/matches").text
    assert f"/matches/{match}" in browser.get("/matches?view=ended").text
    shown = browser.get(f"/matches/{match}").text
    assert "this match opens no case" in shown
    assert f"/matches/{match}/open" not in shown
    assert "It is used again." in fill(browser, f"{page}/use", reason="They ask again.")
    assert f"/matches/{match}/open" in browser.get(f"/matches/{match}").text
