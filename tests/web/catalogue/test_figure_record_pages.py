"""The numbers of figures that count no cases lead to what they count, for whoever reads them."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def records(page: str) -> list[str]:
    return [unescape(link) for link in re.findall(r'href="(/figures/\w+/records[^"]+)"', page)]


def test_needs_in_the_funnel_and_without_a_way_lead_to_their_lists(
    browser_for: Enter, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    browser = browser_for("officer")
    page = browser.get("/figures").text
    links = records(page)
    assert {one.partition("?")[0] for one in links} >= {"/figures/funnel/records"}
    assert 'href="/matches?view=all"' in page
    published = next(one for one in links if "need_published" in one)
    told = browser.get(published).text
    assert "The needs behind the number" in told
    assert re.search(r'href="/needs/[0-9a-f-]{36}"', told)


def test_whoever_reads_no_closed_needs_has_no_way_to_them(browser_for: Enter, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    published = next(one for one in records(browser_for("officer").get("/figures").text) if "need_published" in one)
    manager = browser_for("manager")
    assert "funnel/records" not in manager.get("/figures").text
    for name in ("manager", "provider", "observer"):
        assert browser_for(name).get(published).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/figures/funnel/records",
        "/figures/funnel/records?line=x",
        "/figures/x/records?line=step:need_published",
        "/figures/funnel/records?line=step:interest_confirmed",
        "/figures/funnel/records?line=step:match_not_refused;what:matches",
    ],
)
def test_a_line_that_counts_nothing_else_than_cases_is_not_found(
    browser_for: Enter, world: World, address: str
) -> None:
    assert browser_for("officer").get(address).status_code == 404
