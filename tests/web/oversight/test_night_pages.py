"""The page of case hygiene by night: its picture, its table, and what it says where there is nothing."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from tests.operations.oversight.test_hygiene_nights import put
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def test_managers_and_auditors_see_the_nights_and_their_mean(
    browser_for: Enter, owner_engine: Engine, world: World
) -> None:
    with owner_engine.begin() as db:
        put(db, world.programmes["BJ"], ("2026-01-01", 4, 1), ("2026-01-02", 4, 0), ("2026-01-03", 0, 0))
    for who in ("manager", "auditor"):
        page = browser_for(who).get("/figures/nights").text
        assert "87.5 % of the live cases" in words_of(page), who
        assert "75.0 %" in words_of(page), who
        assert page.count("<svg") >= 1, who


def test_one_looks_back_as_far_as_is_offered_and_no_further(
    browser_for: Enter, owner_engine: Engine, world: World
) -> None:
    nights = [(f"2025-{month:02}-{day:02}", 1, 0) for month in range(1, 9) for day in range(1, 26)]
    with owner_engine.begin() as db:
        put(db, world.programmes["BJ"], *nights)
    for asked, rows in (("", 30), ("?nights=90", 90), ("?nights=180", 180), ("?nights=100000", 30), ("?nights=x", 30)):
        page = browser_for("manager").get(f"/figures/nights{asked}").text
        assert page.count('<th role="rowheader"') == rows, asked
        assert len(page) < 150_000, asked


def test_where_no_night_was_checked_nothing_is_drawn(browser_for: Enter, world: World) -> None:
    page = words_of(browser_for("auditor").get("/figures/nights").text)
    assert "It has not been there yet." in page
