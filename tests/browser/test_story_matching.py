"""A story: an officer finds technologies for a need by keys, compares, shortlists, refuses and accepts; an auditor takes the run again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect
from sqlalchemy import text

from casework.operations.matching.ranking import make_ready
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.site import Site
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_runs import put

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_need_finds_its_technology_and_an_auditor_the_same_list(site: Site, page_of: PageOf) -> None:
    make_ready()
    with transaction(site.engine) as db:
        ids = put(site.world, db)
    officer = page_of("officer")
    officer.open(f"/needs/{ids['need']}")
    officer.follow(officer.page.locator(f"a[href='/needs/{ids['need']}/desk']"))
    page = officer.page
    officer.follow(page.locator("main button.btn-primary"))
    cards = page.locator(".cand")
    assert cards.count() > 1
    expect(cards.first).to_contain_text("热泵 = heat pump")

    # Shortlisted by one key; the focus comes back to the same candidate.
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("s")
    expect(cards.first).to_contain_text("Shortlisted")
    expect(cards.first.locator("h3 a")).to_be_focused()

    # Two side by side.
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    officer.follow(page.locator("#compare button"))
    expect(page.locator("main table")).to_contain_text("Heat pump for dye houses")
    officer.open(f"/needs/{ids['need']}/desk")

    # The second one is refused with a reason.
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("r")
    officer.send({"code": "not_ready", "reason": "It is an idea."})
    expect(cards.nth(1)).to_contain_text("The technology is not ready")

    # The first one opens its case.
    with page.expect_navigation():
        cards.first.locator("[data-key=a]").click()
    officer.follow(page.locator("main button.btn-primary"))
    number = officer.path.rsplit("/", 1)[1]
    officer.open(f"/cases/{number}/history/1")
    expect(page.locator("main")).to_contain_text("By which search it was found")

    # Whatever the catalogue has become, an auditor gets the same list.
    with transaction(site.engine) as db:
        for n in range(20):
            enter(site.world, db, "technology", title=f"Heat pump {n}", description="dye house")
        (run,) = db.execute(text("SELECT id::text FROM match_runs ORDER BY made_at DESC LIMIT 1")).scalars()
    auditor = page_of("auditor")
    auditor.open(f"/cases/{number}/history/1")
    auditor.follow(auditor.page.locator(f"a[href='/match-runs/{run}/replay']"))
    expect(auditor.page.locator("main")).to_contain_text("The same list")
    assert list(verify_all(site.engine)) == []
