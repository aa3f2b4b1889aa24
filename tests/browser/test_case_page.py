"""The page of a case in a browser: few stops by keys, today in its place and no letters over letters."""

from __future__ import annotations

from itertools import combinations

import pytest

from casework.records.database import transaction
from tests.browser.conftest import PageOf
from tests.browser.keys import Keyboard
from tests.browser.site import Site
from tests.support.way_to_referral import to_both

pytestmark = [pytest.mark.browser, pytest.mark.slow]
#: As many presses of Tab as it may take to go through the whole page.
MOST_STOPS = 60
_BOXES = """() => [...document.querySelectorAll('main .chart')].flatMap((chart, n) =>
  [...chart.querySelectorAll('text')].filter(one => getComputedStyle(one).display !== 'none').map(one => {
    const box = one.getBoundingClientRect();
    return [n, one.textContent, box.left, box.right, box.top, box.bottom];
  }))"""
_TODAY = """() => [...document.querySelectorAll('.lanes .chart')].map(chart => {
  const box = chart.getBoundingClientRect(), line = chart.querySelector('.g-now').getBoundingClientRect();
  return [100 * (line.left - box.left) / box.width, line.left];
})"""


@pytest.fixture
def number(site: Site) -> str:
    """A case with two services asked for at once."""
    with transaction(site.engine) as db:
        number, lab, _ = to_both(site.world, db)
        site.world.accept(db, number, lab)
    return number


@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_one_comes_through_the_page_in_few_stops(site: Site, page_of: PageOf, number: str, role: str) -> None:
    keys = Keyboard(page_of(role))
    keys.reader.open(f"/cases/{number}")
    stops = 0
    while stops <= MOST_STOPS and keys.step() is not None:
        stops += 1
    print(f"{role}: {stops} stops on the page of a case")
    assert 20 < stops <= MOST_STOPS


def test_today_is_one_line_and_no_letters_lie_over_letters(page_of: PageOf, number: str) -> None:
    reader = page_of("officer")
    reader.open(f"/cases/{number}")
    lines = reader.page.evaluate(_TODAY)
    assert len(lines) == 3
    assert max(at for _, at in lines) - min(at for _, at in lines) < 1
    drawn = float(str(reader.page.locator(".lanes .g-now").first.get_attribute("x1")).rstrip("%"))
    assert abs(lines[0][0] - drawn) < 1
    for one, other in combinations(reader.page.evaluate(_BOXES), 2):
        if one[0] == other[0]:
            apart = one[3] <= other[2] or other[3] <= one[2] or one[5] <= other[4] + 1 or other[5] <= one[4] + 1
            assert apart, f"{one[1]!r} lies over {other[1]!r}"


def test_the_menu_opens_without_a_script(page_of: PageOf, number: str) -> None:
    reader = page_of("officer", java_script=False)
    reader.open(f"/cases/{number}")
    menu = reader.page.locator("#do .menu-sheet")
    assert not menu.is_visible()
    reader.page.locator("#do > summary").click()
    assert menu.is_visible()
    # It lies over the page and moves nothing.
    assert menu.evaluate("sheet => getComputedStyle(sheet).position") == "absolute"
