"""On the first day a home says in a few sentences what it is for; whoever has read them puts them away."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from casework.engine.roles import Role
from casework.web.home.tour import TOURS
from tests.support.web_client import Browser

Enter = Callable[[str], Browser]
GOT_IT = "Got it"


def test_every_role_of_people_has_a_tour() -> None:
    assert TOURS.keys() == set(Role) - {Role.SYSTEM, Role.PARTY}
    assert all(1 <= len(sentences) <= 5 for sentences in TOURS.values())


@pytest.mark.parametrize(
    "who", ["officer", "supervisor", "provider", "auditor", "administrator", "manager", "observer"]
)
def test_it_is_said_until_it_is_put_away_and_said_again_when_asked_for(browser_for: Enter, who: str) -> None:
    browser = browser_for(who)
    assert GOT_IT in browser.get("/", follow_redirects=True).text
    assert browser.post("/account/tour", {"page": "/"}).status_code == 303
    assert GOT_IT not in browser.get("/", follow_redirects=True).text
    assert browser.post("/account/tour", {"again": "yes"}).headers["Location"] == "/"
    assert GOT_IT in browser.get("/", follow_redirects=True).text


def test_it_leads_to_no_other_site(browser_for: Enter) -> None:
    browser = browser_for("officer")
    assert browser.post("/account/tour", {"page": "https://elsewhere.example/"}).headers["Location"] == "/"
