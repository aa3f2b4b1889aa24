"""The bar above every page on a telephone: one line, whatever the programmes are called, with all that it offers in sight."""

from __future__ import annotations

import pytest

from casework.operations.people import registry
from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.reader import PHONE
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_with_several_programmes_it_stays_one_line(page_of: PageOf, site: Site, locale: str) -> None:
    reader = page_of("officer", locale=locale, phone=True)
    with transaction(site.engine) as db:
        registry.grant_role(db, site.world.people["officer"], "officer", programme=site.world.programmes["SH"])
    # Nothing is wider than the telephone: the reader looks at that.
    reader.open("/")
    page = reader.page
    bar = page.locator(".top").bounding_box()
    assert bar is not None
    assert bar["height"] < 64
    for part in (".top .product", ".programme-menu > summary", ".top .right"):
        box = page.locator(part).bounding_box()
        assert box is not None
        assert 0 <= box["x"] <= box["x"] + box["width"] <= PHONE
    page.locator(".programme-menu > summary").click()
    assert page.locator(".programme-menu .menu-sheet").is_visible()
