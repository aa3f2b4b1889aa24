"""Whose role somebody ends is out at once: open pages, requests of a script, and tokens of programs."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def member(engine: Engine, world: World) -> str:
    """The membership of the lab's member."""
    with transaction(engine) as db:
        found = db.execute(
            text("SELECT id FROM memberships WHERE person_id = CAST(:id AS uuid)"), {"id": world.people["provider"]}
        )
        return str(found.scalar_one())


def test_the_next_page_of_a_member_sent_away_asks_to_sign_in(browser_for: BrowserFor, member: str) -> None:
    theirs, lead = browser_for("provider"), browser_for("provider_lead")
    assert theirs.get("/").status_code == 200
    lead.post(f"/members/{member}/end", page="/members")
    answer = theirs.get("/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")


def test_the_next_request_of_their_script_leads_to_signing_in(browser_for: BrowserFor, member: str) -> None:
    theirs, lead = browser_for("provider"), browser_for("provider_lead")
    lead.post(f"/members/{member}/end", page="/members")
    answer = theirs.get("/referrals/working", headers={"X-Casework": "script"})
    assert (answer.status_code, answer.headers["X-Sign-In"].partition("?")[0]) == (204, "/sign-in")


def test_their_token_opens_nothing_any_more(app: Flask, browser_for: BrowserFor, world: World, member: str) -> None:
    sent = {"Authorization": f"Bearer {world.tokens['provider']}"}
    assert app.test_client().get("/api/v1/me", headers=sent).status_code == 200
    browser_for("provider_lead").post(f"/members/{member}/end", page="/members")
    assert app.test_client().get("/api/v1/me", headers=sent).status_code == 401


def test_what_an_administrator_ends_ends_sessions_too(browser_for: BrowserFor, world: World, member: str) -> None:
    theirs, administrator = browser_for("provider"), browser_for("administrator")
    page = f"/administration/people/{world.people['provider']}"
    administrator.post(f"/administration/roles/{member}/end", {"person": world.people["provider"]}, page=page)
    assert theirs.get("/").status_code == 303


def test_their_colleagues_stay_signed_in(browser_for: BrowserFor, member: str) -> None:
    colleague, lead = browser_for("verifier"), browser_for("provider_lead")
    lead.post(f"/members/{member}/end", page="/members")
    assert colleague.get("/").status_code == 200
