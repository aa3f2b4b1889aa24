"""The lead's page of service accounts: a token is shown once, changed with a day's overlap, and taken back at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from flask import Flask

from tests.support.web_client import Browser
from tests.support.world import World

PAGE = "/service-accounts"
BrowserFor = Callable[[str], Browser]


def make(browser: Browser, world: World, **more: Any) -> str:
    given = {
        "organisation": world.organisations["lab"],
        "name": "LIMS",
        "scopes": ["referrals.read", "documents.read"],
        "days": "90",
    }
    return browser.post(PAGE, given | more, page=PAGE).text


def token_on(page: str) -> str:
    found = re.search(r"<code>(cwa_[\w-]+)</code>", page)
    assert found is not None
    return found[1]


def opens(app: Flask, token: str) -> int:
    return app.test_client().get("/api/v1/referrals", headers={"Authorization": f"Bearer {token}"}).status_code


def press(browser: Browser, action: str) -> Any:
    found = re.search(rf'action="({PAGE}/[^"]+/{action})"', browser.get(PAGE).text)
    assert found is not None
    return browser.post(found[1], page=PAGE, follow=True)


def test_the_token_is_shown_once(app: Flask, browser_for: BrowserFor, world: World) -> None:
    lead = browser_for("provider_lead")
    token = token_on(make(lead, world))
    assert opens(app, token) == 200
    page = lead.get(PAGE).text
    assert token not in page
    assert "LIMS" in page
    assert "documents.read" in page


def test_a_new_token_leaves_the_one_before_a_day(app: Flask, browser_for: BrowserFor, world: World) -> None:
    lead = browser_for("provider_lead")
    old = token_on(make(lead, world))
    answer = press(lead, "rotate").text
    assert [opens(app, one) for one in (old, token_on(answer))] == [200, 200]
    assert "two tokens until" in answer


def test_ended_it_opens_nothing(app: Flask, browser_for: BrowserFor, world: World) -> None:
    lead = browser_for("provider_lead")
    token = token_on(make(lead, world))
    assert "no longer works" in press(lead, "end").text
    assert opens(app, token) == 401
    assert f'{PAGE}/"' not in lead.get(PAGE).text


@pytest.mark.parametrize("given", [{"name": ""}, {"scopes": []}, {"days": "400"}, {"days": "soon"}])
def test_a_faulty_form_comes_back_as_typed(browser_for: BrowserFor, world: World, given: Mapping[str, Any]) -> None:
    page = make(browser_for("provider_lead"), world, **given)
    assert 'class="fault"' in page
    assert "name" in given or 'value="LIMS"' in page


def test_it_stands_not_among_the_members(browser_for: BrowserFor, world: World) -> None:
    lead = browser_for("provider_lead")
    make(lead, world)
    assert "LIMS" not in lead.get("/members").text
