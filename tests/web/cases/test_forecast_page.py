"""The page says within which days a case is likely to end, how often that came true, and what if a provider stops."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.past_cases import Way, add_past_cases, add_past_referrals
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
WAYS: list[Way] = [[("proposed", 4 + n)] for n in range(40)]
REFERRALS: list[Way] = [[("sent", 2 + n / 2), ("in_progress", 5 + n)] for n in range(30)]


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        add_past_cases(db, world.programmes["BJ"], WAYS, until=now(db) - timedelta(days=1), apart=5)
        return world.open_case(db)


def test_it_says_when_what_it_rests_on_and_how_often_it_came_true(browser_for: Enter, number: str) -> None:
    officer = browser_for("officer")
    told = words_of(officer.get(f"/cases/{number}/forecast").text)
    assert "The case" in told
    assert "This step: Proposed" in told
    assert told.count(" 40 40 in ") == 2
    assert "of a step" not in told
    assert f'href="/cases/{number}/forecast"' in officer.get(f"/cases/{number}/clocks").text


def test_from_too_little_it_says_so(engine: Engine, world: World, browser_for: Enter) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
    told = words_of(browser_for("supervisor").get(f"/cases/{number}/forecast").text)
    assert "a forecast needs 20 past stays in it, of 10 cases" in told
    assert "too few to tell" in told
    assert "What if a provider stops?" not in told


def test_a_provider_is_taken_out(engine: Engine, world: World, browser_for: Enter) -> None:
    lab = world.organisations["lab"]
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        add_past_referrals(db, world.programmes["BJ"], lab, "assessment", REFERRALS, until=now(db) - timedelta(days=1))
    officer = browser_for("officer")
    as_is = words_of(officer.get(f"/cases/{number}/forecast").text)
    assert "What if a provider stops?" in as_is
    assert "No other provider" not in as_is
    page = f"/cases/{number}/forecast?without={lab}"
    assert "No other provider has done this for the programme" in words_of(officer.get(page).text)
    for nothing in (world.organisations["need_owner"], "x"):
        assert officer.get(f"/cases/{number}/forecast?without={nothing}").status_code == 404


@pytest.mark.parametrize("who", ["auditor", "compliance"])
def test_who_is_not_told_finds_no_link(browser_for: Enter, number: str, who: str) -> None:
    browser = browser_for(who)
    assert browser.get(f"/cases/{number}/forecast").status_code == 404
    assert "/forecast" not in browser.get(f"/cases/{number}/clocks").text
