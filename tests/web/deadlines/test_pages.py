"""All clocks of a case on a page: what each is for, how much is used, and what stands still."""

from __future__ import annotations

import re
from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def test_an_officer_sees_every_clock_and_why(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    browser = browser_for("officer")
    assert f"/cases/{number}/clocks" in browser.get(f"/cases/{number}").text
    page = browser.get(f"/cases/{number}/clocks").text
    assert "0 of 10 working days used" in page
    assert "Why this date?" in page
    with transaction(engine) as db:
        waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}
        world.fire(db, "officer", number, "hold", waits)
    assert "stands still; what is left of it is given when it goes on" in browser.get(f"/cases/{number}/clocks").text


def test_a_provider_sees_its_own_clocks_alone(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
    page = browser_for("provider").get(f"/cases/{number}/clocks").text
    assert page.count("Why this date?") == 1
    assert "Answer the request" in page
    assert browser_for("officer").get(f"/cases/{number}/clocks").text.count("Why this date?") > 1


def test_each_clock_is_a_bar_on_one_axis(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
    page = browser_for("officer").get(f"/cases/{number}/clocks").text
    bars = page.split('<ul class="lanes gantt">')[1].split("</ul>")[0]
    assert bars.count('<svg class="chart"') == bars.count("Why this date?") > 1
    # Today stands at the same place in all of them and on the axis.
    assert len(set(re.findall(r'class="g-now" x1="([^"]+)"', page))) == 1
    assert "g-left" in bars
    assert "g-limit" in bars
    assert "style=" not in bars


def test_a_clock_that_stands_still_is_drawn_so(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The budget is voted."}
        world.fire(db, "officer", number, "hold", waits)
    page = browser_for("officer").get(f"/cases/{number}/clocks").text
    assert 'class="g-still"' in page.split('<ul class="lanes gantt">')[1]
