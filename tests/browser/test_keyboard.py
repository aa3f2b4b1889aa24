"""The main ways through the pages, walked by keys alone."""

from __future__ import annotations

import pytest

from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.keys import Keyboard, called
from tests.browser.site import Site
from tests.support.way_to_referral import to_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def enter(page_of: PageOf, site: Site, role: str, **look: bool) -> Keyboard:
    """Somebody who has signed in by keys."""
    site.speak(role, "en")
    keys = Keyboard(page_of(None, **look))
    keys.reader.open("/sign-in")
    keys.go_to(lambda one: one["id"] == "email")
    keys.reader.page.keyboard.type(f"{role}@example.org")
    keys.go_to(lambda one: one["id"] == "password")
    keys.reader.page.keyboard.type(site.world.password)
    with keys.reader.page.expect_navigation():
        keys.press("Enter")
    assert keys.reader.path == "/"
    return keys


def test_an_officer_takes_the_next_task_and_does_it(site: Site, page_of: PageOf) -> None:
    with transaction(site.engine) as db:
        number = site.world.new_case(db)
    keys = enter(page_of, site, "officer")
    keys.skip_to_content()
    keys.follow(called("Take next task"))
    assert keys.reader.path.startswith(f"/cases/{number}/tracks/")
    keys.skip_to_content()
    keys.answer({})
    assert "took the case" in keys.reader.page.locator("[role=status]").first.inner_text().lower()
    keys.follow(called("Check the match and declare conflicts of interest"))
    keys.answer({})
    assert "Next:" in keys.reader.page.locator("[role=status]").first.inner_text()
    assert not site.ids("SELECT id FROM tasks WHERE name = 'triage_check' AND closed_at IS NULL")


@pytest.mark.parametrize("phone", [False, True], ids=["at-a-desk", "on-a-telephone"])
def test_a_provider_accepts_an_offer(site: Site, page_of: PageOf, phone: bool) -> None:
    with transaction(site.engine) as db:
        _, referral = to_referral(site.world, db)
    keys = enter(page_of, site, "provider", phone=phone)
    keys.skip_to_content()
    keys.follow(called("Green technology assessment"))
    assert keys.reader.path == f"/referrals/{referral}"
    keys.answer({"interest": 1})
    assert site.ids("SELECT id FROM tracks WHERE id = CAST(:id AS uuid) AND 'accepted' = ANY(states)", id=referral)


@pytest.mark.parametrize("role", ["officer", "supervisor", "provider", "auditor", "administrator"])
def test_no_page_of_the_rail_holds_the_focus(site: Site, page_of: PageOf, role: str) -> None:
    with transaction(site.engine) as db:
        to_referral(site.world, db)
    keys = Keyboard(page_of(role))
    for address in [one.get_attribute("href") for one in keys.reader.page.locator("nav.rail a").all()]:
        keys.reader.open(str(address))
        steps = 0
        while steps < 400 and keys.step() is not None:
            steps += 1
        assert 3 < steps < 400, f"{address}: one does not get out"
