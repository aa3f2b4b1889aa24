"""The public catalogue in a programme's settings: set by its supervisor, told in the history, and a refused form keeps its words."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.people.test_programme_provider_pages import revision_of

BrowserFor = Callable[[str], Browser]


def test_a_supervisor_shows_the_catalogue_and_takes_it_back_with_a_reason(
    world: World, browser_for: BrowserFor
) -> None:
    browser, settings = browser_for("supervisor"), f"/programmes/{world.programmes['BJ']}/settings"
    form = f"{settings}/catalogue"
    given = {"f-open": "yes", "f-contact_zh": "三号办公室", "revision": revision_of(browser.get(form).text)}
    assert "shown to nobody" in browser.get(settings).text
    refused = browser.post(form, given)
    assert refused.status_code == 422
    assert "say where your office is asked" in refused.text
    assert "三号办公室" in refused.text
    assert browser.get("/catalogue").status_code == 404
    browser.post(form, given | {"f-contact": "Office 3"}, follow=True)
    page = browser.get(settings).text
    assert "shown to everybody" in page
    assert "Office 3" in page
    assert "Supervisor set the public catalogue" in page
    assert browser.get("/catalogue").status_code == 200
    closed = {"f-open": "no", "f-contact": "Office 4", "revision": revision_of(browser.get(form).text)}
    refused = browser.post(form, closed)
    assert refused.status_code == 422
    assert "Office 4" in refused.text
    browser.post(form, closed | {"f-reason": "The district asks for it."}, follow=True)
    page = browser.get(settings).text
    assert "shown to nobody" in page
    assert "<del>yes</del> no" in page
    assert "The district asks for it." in page
    assert browser.get("/catalogue").status_code == 404
