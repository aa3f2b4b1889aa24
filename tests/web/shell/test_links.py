"""No link of a page leads to one that whoever reads it may not open."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest

from tests.support.way_to_referral import to_accepted
from tests.support.web_client import Browser

pytestmark = pytest.mark.stage(play=to_accepted)
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]+)"')
#: What a page that is opened with a GET does, beside showing something.
_AWAY = ("/sign-out",)


def opened(browser: Browser) -> dict[str, tuple[int, str]]:
    """Every page that can be reached by links, what it answered, and which page led there first."""
    found: dict[str, tuple[int, str]] = {}
    ahead = [("/", "")]
    while ahead:
        path, led = ahead.pop()
        # Of a list one page of each order is enough.
        shape = re.sub(r"=[^&]*", "=", path)
        if shape in found or path.startswith(_AWAY):
            continue
        answer = browser.get(path)
        found[shape] = (answer.status_code, f"{path} from {led}")
        if "html" in answer.headers.get("Content-Type", "") and answer.status_code == 200:
            for link in _LINK.findall(answer.text):
                there = urlsplit(urljoin(f"http://localhost{path}", unescape(link)))
                if there.netloc == "localhost":
                    ahead.append((there.path + (f"?{there.query}" if there.query else ""), path))
    return found


@pytest.mark.parametrize("who", ["provider", "provider_lead"])
def test_every_link_that_a_provider_sees_can_be_opened(
    browser_for: Callable[[str], Browser], staged: tuple[str, str], who: str
) -> None:
    number, referral = staged
    found = opened(browser_for(who))
    assert {told for status, told in found.values() if status >= 400} == set()
    assert {f"/referrals/{referral}", f"/referrals/{referral}/documents"} <= found.keys()
    assert not [path for path in found if path.startswith(f"/cases/{number}/")]
