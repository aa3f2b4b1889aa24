"""By which editions a programme begins, on its pages: chosen with a reason, seen with what was before, and kept where refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
WORKFLOWS = ("agreement", "assessment", "case", "deployment", "finance", "ip", "mediation", "pledge", "referral")
NEWEST = {f"f-{name}": "newest" for name in WORKFLOWS}


@pytest.mark.usefixtures("older_edition")
def test_a_supervisor_chooses_an_edition_and_sees_what_was_before(world: World, browser_for: BrowserFor) -> None:
    browser, settings = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    where = f"{settings}/editions"
    page = browser.get(settings).text
    assert "newest (edition 2)" in page
    assert where in page
    form = browser.get(where).text
    assert "edition 1, published on" in form
    assert "What runs already is not moved" in form
    given = NEWEST | {"f-referral": "1", "revision": form.split('name="revision" value="')[1].split('"')[0]}
    refused = browser.post(where, given)
    assert refused.status_code == 422
    page = browser.post(where, given | {"f-reason": "We know it."}, follow=True).text
    assert "Supervisor changed by which editions cases begin" in page
    assert "<del>newest</del> edition 1" in page
    assert "We know it." in page
    answer = browser.post(where, given | {"f-reason": "Again.", "revision": "0"})
    assert answer.status_code in (409, 422)
    assert browser.post(where, given | {"f-referral": "9", "f-reason": "None."}).status_code == 422


def test_what_lacks_a_guard_of_the_newest_is_not_offered(world: World, browser_for: BrowserFor) -> None:
    form = browser_for("supervisor").get(f"/programmes/{world.programmes['BJ']}/settings/editions").text
    assert 'name="f-referral" value="2"' in form
    assert 'name="f-referral" value="1"' not in form


def test_an_administrator_reads_and_nobody_else_finds_it(world: World, browser_for: BrowserFor) -> None:
    settings = f"/programmes/{world.programmes['BJ']}/settings"
    page = browser_for("administrator").get(settings).text
    assert "newest (edition 2)" in page
    assert f"{settings}/editions" not in page
    for name in ("officer", "provider", "auditor", "foreign_officer"):
        assert browser_for(name).get(f"{settings}/editions").status_code in (403, 404)
