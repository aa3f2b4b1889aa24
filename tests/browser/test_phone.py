"""A provider on a telephone: an offer is answered in a few taps, and nothing lies under the bars."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator

from casework.records.database import transaction
from tests.browser.conftest import close_readers, sign_in
from tests.browser.reader import Reader
from tests.browser.site import Site
from tests.support.way_to_referral import to_referral

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: As many as it may take from the list to the answer that is sent.
MOST_TAPS = 4
#: What lies over the middle of a control that stands on the screen.
_COVERED = """one => {
  one.scrollIntoView({block: "end"});
  const box = one.getBoundingClientRect();
  const at = document.elementFromPoint(box.x + Math.min(box.width / 2, 8), box.y + box.height / 2);
  const clear = at && (one.contains(at) || at.contains(one) || at.closest("label")?.control === one);
  return clear ? "" : `${one.outerHTML.slice(0, 120)} lies under ${at?.outerHTML.slice(0, 120)}`;
}"""


class Thumb:
    """Somebody who taps, and how often."""

    def __init__(self, reader: Reader) -> None:
        self.reader, self.taps = reader, 0

    def tap(self, there: Locator, *, leads_on: bool = False) -> None:
        self.taps += 1
        if not leads_on:
            there.tap()
            return
        with self.reader.page.expect_navigation(timeout=15_000):
            there.tap()
        self.reader.look()


@pytest.fixture
def thumb(chromium: Browser, site: Site) -> Iterator[Thumb]:
    context = chromium.new_context(
        base_url=site.base,
        locale="en-GB",
        timezone_id="Asia/Shanghai",
        reduced_motion="reduce",
        has_touch=True,
        is_mobile=True,
        viewport={"width": 390, "height": 844},
    )
    reader = Reader(context.new_page(), site.base)
    site.speak("provider", "en")
    reader.open("/sign-in")
    sign_in(reader, site, "provider")
    yield Thumb(reader)
    close_readers([reader])


@pytest.fixture
def offer(site: Site) -> str:
    with transaction(site.engine) as db:
        return to_referral(site.world, db)[1]


def stands_at(site: Site, referral: str) -> list[str]:
    return site.ids("SELECT unnest(states) FROM tracks WHERE id = CAST(:id AS uuid)", id=referral)


def test_an_offer_is_accepted_in_four_taps(site: Site, offer: str, thumb: Thumb) -> None:
    page = thumb.reader.page
    thumb.reader.open("/")
    thumb.tap(page.locator(f"main a[href$='/referrals/{offer}']"), leads_on=True)
    thumb.tap(page.locator("#answer [name=f-interest][value=no]"))
    thumb.tap(page.locator("#answer [name=f-confidentiality][value=yes]"))
    thumb.tap(page.locator(".answer-bar button"), leads_on=True)
    print(f"accept an offer on a telephone: {thumb.taps} taps")
    assert stands_at(site, offer) == ["accepted"]
    assert thumb.taps <= MOST_TAPS


def test_an_offer_is_declined_in_four_taps(site: Site, offer: str, thumb: Thumb) -> None:
    page = thumb.reader.page
    thumb.reader.open("/")
    thumb.tap(page.locator(f"main a[href$='/referrals/{offer}']"), leads_on=True)
    thumb.tap(page.locator(".answer-bar a"), leads_on=True)
    thumb.tap(page.get_by_label("No capacity"))
    thumb.tap(page.locator("form.asks .form-actions button"), leads_on=True)
    print(f"decline an offer on a telephone: {thumb.taps} taps")
    assert stands_at(site, offer) == ["declined"]
    assert thumb.taps <= MOST_TAPS


def test_nothing_lies_under_the_bars(offer: str, thumb: Thumb) -> None:
    page = thumb.reader.page
    for path in ("/", f"/referrals/{offer}", f"/referrals/{offer}/documents", f"/referrals/{offer}/contract"):
        thumb.reader.open(path)
        for one in page.locator("main :is(a, button, input:not([type=hidden]), select, textarea)").all():
            if one.is_visible() and one.get_attribute("tabindex") != "-1":
                assert not one.evaluate(_COVERED), path


def test_what_is_tapped_is_large_enough(offer: str, thumb: Thumb) -> None:
    for path in ("/", f"/referrals/{offer}", f"/referrals/{offer}/{offer}/decline"):
        thumb.reader.open(path)
        for one in thumb.reader.page.locator(
            "main :is(button, input[type=radio], input[type=checkbox], .offers a)"
        ).all():
            if one.is_visible() and one.get_attribute("tabindex") != "-1":
                box = one.locator(
                    "xpath=ancestor-or-self::*[self::button or self::li or contains(concat(' ', @class, ' '), ' form-check ')][1]"
                )
                size = box.bounding_box()
                assert size is not None
                assert min(size["width"], size["height"]) >= 24, f"{path}: {one.evaluate('one => one.outerHTML')[:120]}"
