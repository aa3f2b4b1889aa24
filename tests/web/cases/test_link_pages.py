"""An officer links two cases on their pages, and ends the link; each page shows the other case, and the past keeps it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import play_two_cases, words_of
from tests.web.catalogue.test_right_pages import fill

Enter = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=play_two_cases)


def test_cases_are_linked_and_the_link_ends(browser_for: Enter, world: World, staged: tuple[str, str]) -> None:
    one, other = staged
    browser, page = browser_for("officer"), f"/cases/{one}/links"
    before = words_of(browser.get(f"/cases/{one}").text)
    assert ("Link another case …" in before, "Linked cases" in before) == (True, False)
    for number, why in (("BJ-2000-0001", "no case of this programme"), (one, "the number of this case itself")):
        assert why in fill(browser, page, other=number, kind="parent")
    assert "Put right 2 answers" in fill(browser, page, other="", kind="")
    linked = fill(browser, page, other=f" {other} ", kind="parent")
    assert "The cases are linked." in linked
    assert re.search(rf"Parent case {other}.*State: .*Waits for: ", words_of(linked))
    for who in ("auditor", "manager"):
        told = browser_for(who).get(f"/cases/{other}").text
        assert f"Child case {one}" in words_of(told)
        assert "/links" not in told
    assert one not in browser_for("observer").get(f"/cases/{other}").text
    assert f"under case {other}, its parent" in words_of(browser.get(f"/cases/{one}/history").text)
    assert f"Parent case {other}" in words_of(browser_for("auditor").get(f"/cases/{one}/past").text)
    (end,) = re.findall(r'href="(/cases/[^"]*/links/[^"]*/end)"', browser.get(f"/cases/{one}").text)
    assert "Put right 1 answer" in fill(browser, end, reason=" ")
    ended = fill(browser, end, reason="They were mixed up.")
    assert "The link has ended." in ended
    assert "Linked cases" not in words_of(ended)
    assert browser.get(end).status_code == 404
