"""Every page stands in the same frame and keeps to the same rules."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

import pytest
from flask import Flask

from casework.settings import Settings
from casework.web.app import create_app
from casework.web.shell.navigation import ENTRIES, has_page
from casework.web.shell.redirects import local_path
from casework.web.shell.session import page_transaction
from tests.support.pages import read_page
from tests.support.web_client import PASSWORD, Browser
from tests.support.world import World

Enter = Callable[[str], Browser]
PEOPLE = ("officer", "supervisor", "compliance", "provider", "provider_lead", "auditor", "administrator", "observer")


@pytest.mark.parametrize("path", ["/", "/account", "/account/second-factor", "/nowhere"])
@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_a_page_keeps_to_the_rules(browser_for: Enter, path: str, language: str) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": language})
    source = browser.get(path).text
    page = read_page(source)
    assert page.tags.count("h1") == 1
    assert page.handlers == []
    assert "style" not in page.tags
    assert len(page.ids) == len(set(page.ids))
    assert page.described <= set(page.ids)
    assert set(page.controls) <= page.labelled
    assert f'<html lang="{language}"' in source
    assert 'class="skip" href="#main"' in source
    assert "main" in page.ids


@pytest.mark.parametrize("name", PEOPLE)
def test_every_link_of_the_rail_leads_somewhere(browser_for: Enter, app: Flask, name: str) -> None:
    browser = browser_for(name)
    home = browser.get("/").text
    with app.test_request_context("/"):
        urls = {app.url_for(entry.endpoint) for entry in ENTRIES if has_page(entry.endpoint)}
    for url in urls:
        if f'<li><a href="{url}"' in home:
            assert browser.get(url).status_code == 200, url


def test_the_rail_has_each_page_once_for_each_role() -> None:
    for role in {role for entry in ENTRIES for role in entry.roles}:
        labels = [entry.label for entry in ENTRIES if role in entry.roles]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize(("path", "entry"), [("/done", "/"), ("/queues", "/queues"), ("/tasks/bulk", "/")])
def test_the_rail_marks_the_one_place_that_a_page_belongs_to(browser_for: Enter, path: str, entry: str) -> None:
    page = browser_for("officer").get(path).text
    rail = page[page.index('<nav class="rail"') : page.index("</nav>", page.index('<nav class="rail"'))]
    assert re.findall(r'<a href="([^"]+)"[^>]* aria-current="page"', rail) == [entry]


def test_a_dispute_officer_is_offered_no_list_of_cases(browser_for: Enter) -> None:
    assert 'href="/cases"' in browser_for("officer").get("/").text
    assert 'href="/cases"' not in browser_for("dispute_officer").get("/").text


def test_a_demo_shows_its_people(settings: Settings, world: World) -> None:
    settings.var.mkdir(parents=True, exist_ok=True)
    one = {
        "email": "officer@example.org",
        "password": PASSWORD,
        "name": "Li Na",
        "role": ["officer"],
        "organisation": None,
    }
    (settings.var / "demo-accounts.json").write_text(json.dumps({"url": "", "accounts": [one]}))
    for profile, shown in (("demo", True), ("test", False)):
        app = create_app(settings.model_copy(update={"profile": profile}))
        assert ("Li Na" in app.test_client().get("/sign-in").text) == shown
        app.extensions["casework"].dispose()


def test_a_demo_shows_one_of_each_kind_first(settings: Settings) -> None:
    people = [
        {"email": f"{n}@example.org", "name": f"Person {n}", "role": [role], "password": "x"}
        for n, role in enumerate(("observer", "officer", "officer", "administrator"))
    ]
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / "demo-accounts.json").write_text(json.dumps({"url": "", "accounts": people}))
    app = create_app(settings.model_copy(update={"profile": "demo"}))
    page = app.test_client().get("/sign-in").text
    app.extensions["casework"].dispose()
    first, folded = page[: page.index("More people")], page[page.index("More people") :]
    assert [n for n in range(4) if f"Person {n}" in first] == [1, 3]
    assert "what to do next" in first
    assert [n for n in range(4) if f"Person {n}" in folded] == [0, 2]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"accounts": [{}]}', '{"accounts": 7}'])
def test_a_broken_file_of_the_demo_shows_nobody(settings: Settings, content: str) -> None:
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / "demo-accounts.json").write_text(content)
    app = create_app(settings.model_copy(update={"profile": "demo"}))
    assert app.test_client().get("/sign-in").status_code == 200
    app.extensions["casework"].dispose()


def test_simulated_time_is_marked(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"clock_offset": 86_400}))
    assert "Simulated time:" in app.test_client().get("/sign-in").text
    app.extensions["casework"].dispose()


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("/cases?state=consent&text=%E6%B0%B4", "/cases?state=consent&text=%E6%B0%B4"),
        ("/", "/"),
        ("", None),
        (None, None),
        ("cases", None),
        ("//x", None),
        ("/\\x", None),
        ("/a b", None),
        ("/a\x00", None),
        ("http://x/", None),
        ("/" * 3, None),
    ],
)
def test_only_our_own_paths_are_gone_back_to(given: str | None, path: str | None) -> None:
    assert local_path(given) == path


def test_a_page_holds_one_connection_however_deep_it_asks(browser_for: Callable[[str], Browser]) -> None:
    """Pages that each wait for a second one while they hold the first would wait for each other for good."""
    officer = browser_for("officer")
    with officer.flask:
        officer.get("/cases")
        with page_transaction() as (outer, _):
            with page_transaction() as (inner, _):
                assert inner is outer
            assert not outer.closed
        with page_transaction() as (later, _):
            assert later is not outer
