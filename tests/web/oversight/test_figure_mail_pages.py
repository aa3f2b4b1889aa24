"""Figures by mail on the pages: a view is kept with its filters, shared with a role, mailed in a rhythm, and stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote

import pytest

from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


def keep(browser: Browser, query: str = "period=last_month", name: str = "Our month") -> str:
    """A view of figures; gives its id."""
    browser.post("/views", {"list": "figures", "name": name, "query": query})
    page = browser.get(f"/figures?{query}").text
    found = re.search(r'href="/views/([0-9a-f-]+)"', page)
    assert found is not None
    return found[1]


def mailed(page: str) -> str:
    """What stops the first of the mails."""
    found = re.search(r'action="(/figures/mails/[0-9a-f-]+/stop)"', page)
    assert found is not None
    return found[1]


def test_the_filters_of_now_are_kept_under_a_name_and_come_back(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    assert "Save this view" in browser.get("/figures?period=last_quarter").text
    keep(browser, "period=last_quarter", "The quarter")
    page = browser.get("/figures?period=last_quarter").text
    assert re.search(r'aria-current="page">The quarter', page)
    assert re.search(r'<option value="last_quarter" selected>', page)


def test_figures_are_told_up_to_the_end_of_what_ended_last(browser_for: Enter, world: World) -> None:
    # The programme began today: of all that ended before nothing is known.
    for period in ("last_week", "last_month", "last_quarter", "last_year"):
        assert "had not begun" in browser_for("officer").get(f"/figures?period={period}").text
    assert "had not begun" not in browser_for("officer").get("/figures?period=nonsense").text


def test_a_view_is_mailed_and_stopped_with_one_button(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    view = keep(browser)
    assert "You are not mailed" in browser.get("/figures/mails").text
    browser.post(f"/figures/views/{view}/mail", {"rhythm": "weekly-3"})
    page = browser.get("/figures/mails").text
    assert "The next mail goes on" in page
    assert re.search(r'<option value="weekly-3" selected>', page)
    stop = mailed(page)
    # Where a mail leads: it changes nothing by itself.
    assert "Our month" in browser.get(stop).text
    browser.post(stop, {})
    assert "You are not mailed" in browser.get("/figures/mails").text
    assert browser.get(stop).status_code == 404


@pytest.mark.parametrize("rhythm", ["", "daily", "weekly", "weekly-0", "weekly-9", "weekly-٣", "weekly--1"])
def test_a_rhythm_that_there_is_none_is_refused(browser_for: Enter, world: World, rhythm: str) -> None:
    browser = browser_for("officer")
    view = keep(browser)
    assert browser.post(f"/figures/views/{view}/mail", {"rhythm": rhythm}).status_code == 422


def test_a_view_that_is_shared_with_observers_is_mailed_to_them_and_opened_by_none(
    browser_for: Enter, world: World
) -> None:
    supervisor, observer, officer = browser_for("supervisor"), browser_for("observer"), browser_for("officer")
    view = keep(supervisor)
    page = unescape(supervisor.get(f"/views/{view}").text)
    both = f"{world.programmes['BJ']} observer"
    assert f'value="{both}"' in page
    assert "There is no saved view" in observer.get("/figures/mails").text
    supervisor.post(f"/views/{view}", {"name": "Our month", "shared_with": both})
    told = observer.get("/figures/mails").text
    assert "Our month" in told
    assert "small numbers hidden" in told
    assert 'href="/figures?' not in told
    assert observer.get("/figures").status_code == 404
    # With observers alone: an officer knows of no such view.
    assert "Our month" not in officer.get("/figures").text
    assert "Our month" not in officer.get("/figures/mails").text
    observer.post(f"/figures/views/{view}/mail", {"rhythm": "quarterly"})
    assert "The next mail goes on" in observer.get("/figures/mails").text
    assert officer.get(mailed(observer.get("/figures/mails").text)).status_code == 404


@pytest.mark.parametrize("role", ["provider", "compliance", "nobody"])
def test_a_view_is_shared_with_no_role_that_is_told_of_no_figures(browser_for: Enter, world: World, role: str) -> None:
    browser = browser_for("supervisor")
    view = keep(browser)
    shared = browser.post(f"/views/{view}", {"name": "Our month", "shared_with": f"{world.programmes['BJ']} {role}"})
    assert shared.status_code == 422


def test_a_view_that_asks_for_another_programme_is_offered_to_nobody(browser_for: Enter, world: World) -> None:
    browser = browser_for("officer")
    browser.post("/views", {"list": "figures", "name": "Theirs", "query": f"programme={quote('SH')}"})
    assert "Theirs" not in browser.get("/figures/mails").text


@pytest.mark.parametrize("who", ["provider", "compliance", "dispute_officer", "administrator"])
def test_to_whoever_is_told_of_no_figures_there_is_no_such_page(browser_for: Enter, world: World, who: str) -> None:
    assert browser_for(who).get("/figures/mails").status_code == 404


def test_whoever_reads_no_assessments_is_told_that_a_view_by_event_has_no_numbers(
    browser_for: Enter, world: World
) -> None:
    supervisor, manager = browser_for("supervisor"), browser_for("manager")
    view = keep(supervisor, "event=nothing", "The fair")
    supervisor.post(f"/views/{view}", {"name": "The fair", "shared_with": world.programmes["BJ"]})
    assert "A mail of this view tells you no numbers" in manager.get("/figures/mails").text
    assert "tells you no numbers" not in supervisor.get("/figures/mails").text
