"""News at a browser: they come while a page stays open, move nothing, and stop with the session."""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import text

from casework.operations.auth.sessions import IDLE
from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.measures import MOST_SHIFT, layout_shift
from tests.browser.site import Site
from tests.support.way_to_referral import to_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: Before our scripts run: pages ask every so often.
OFTEN = """document.addEventListener("readystatechange", () => {
    const line = document.querySelector("[data-news]");
    if (line) line.dataset.every = "600";
});"""


def _asked(page: Page) -> None:
    with page.expect_response(lambda answer: "/news" in answer.url):
        pass


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_what_another_does_is_told_while_a_page_stays_open(site: Site, page_of: PageOf, phone: bool) -> None:
    with transaction(site.engine) as db:
        number, referral = to_referral(site.world, db)
    officer, provider = page_of("officer", phone=phone), page_of("provider")
    officer.page.add_init_script(OFTEN)
    officer.open("/notifications/settings")
    page = officer.page
    box = page.locator("main select").first
    box.focus()
    line, count = page.locator(".news"), page.locator(".top .count")
    expect(count).to_have_class("count hot none")
    before = page.locator(".top").bounding_box(), page.locator("main h1").bounding_box()
    _asked(page)
    assert line.inner_text() == ""

    # The other person's action, as a browser does it, and then the worker's part.
    provider.open(f"/referrals/{referral}")
    with transaction(site.engine) as db:
        site.world.fire(db, "provider", number, "decline", {"reason": "no_capacity"}, track=referral)
    tell_due(site.engine, mailing=False)
    expect(line.locator("a").first).to_contain_text(number)
    expect(count).to_have_class("count hot")
    assert count.inner_text().split()[0].isdigit()
    # Nothing has moved, and whoever types goes on typing.
    assert (page.locator(".top").bounding_box(), page.locator("main h1").bounding_box()) == before
    assert layout_shift(page) < MOST_SHIFT
    assert box.evaluate("box => box === document.activeElement")
    _asked(page)
    assert page.locator(".news a").count() > 0
    officer.follow(line.locator("a").first)
    assert number in page.content()
    assert provider.page.locator(".news").inner_text() == ""


def test_it_backs_off_and_stops_when_the_session_is_over(site: Site, page_of: PageOf) -> None:
    officer = page_of("officer")
    page = officer.page
    page.add_init_script(OFTEN)
    officer.open("/notifications/settings")
    failing: list[float] = []

    def fail(route: Route) -> None:
        failing.append(time.monotonic())
        route.abort()

    page.route("**/news*", fail)
    # After 600, 1200 and 2400 milliseconds more.
    page.wait_for_timeout(4000)
    assert 2 <= len(failing) <= 3
    page.unroute("**/news*")
    # What the browser itself says of each answer that does not come, of the last one a moment later.
    for _ in range(100):
        if len(officer.faults) < len(failing):
            page.wait_for_timeout(50)
    assert len(officer.faults) == len(failing)
    assert all("Failed to load resource" in fault for fault in officer.faults)
    officer.faults.clear()
    with transaction(site.engine) as db:
        db.execute(text("UPDATE sessions SET seen_at = seen_at - :idle"), {"idle": IDLE})
    over = page.locator(".news a")
    # It asks again after twice as long as the last time.
    expect(over).to_contain_text("signed out", timeout=20_000)
    assert over.get_attribute("href") == "/sign-in?next=%2Fnotifications%2Fsettings"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.wait_for_timeout(1500)
    assert asked == []
    assert page.url.endswith("/notifications/settings")
