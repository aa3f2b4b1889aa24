"""Who works in several programmes chooses which one the lists show: with the session, or in the address."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.opening import open_case
from casework.operations.people import registry
from casework.permissions.actors import focused
from casework.permissions.visibility import reach
from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.web_client import Browser
from tests.support.world import World, add_match, add_need, add_technology, new_request

Enter = Callable[[str], Browser]


@pytest.fixture
def numbers(world: World, engine: Engine) -> dict[str, str]:
    """A case in each programme, both of which the officer owns; in Shanghai there is a match as well."""
    made = {}
    with transaction(engine) as db:
        shanghai = world.programmes["SH"]
        registry.grant_role(db, world.people["officer"], "officer", programme=shanghai, organisation=None)
        made["BJ"] = world.new_case(db)
        actor = world.actor(db, "foreign_officer")
        for name in ("S-1", "S-2"):
            match = add_match(
                db, actor, shanghai, add_need(db, shanghai, name, None), add_technology(db, shanghai, name, None)
            )
            if name == "S-1":
                made["SH"] = str(open_case(db, actor, match, new_request()).answer["number"])
        for number in made.values():
            world.fire(db, "officer", number, "take")
    return made


@pytest.fixture
def officer(browser_for: Enter, numbers: dict[str, str]) -> Browser:
    return browser_for("officer")


def shown(browser: Browser, path: str, numbers: dict[str, str]) -> set[str]:
    """The programmes whose cases stand on a page."""
    page = browser.get(path).text
    return {code for code, number in numbers.items() if number in page}


@pytest.mark.parametrize("path", ["/", "/cases", "/cases.csv", "/?tab=week"])
def test_the_lists_show_the_chosen_programme(officer: Browser, numbers: dict[str, str], path: str) -> None:
    everything = shown(officer, path, numbers)
    for code in ("SH", "BJ"):
        officer.post("/programme", {"programme": code})
        assert shown(officer, path, numbers) == everything & {code}
    officer.post("/programme", {"programme": ""})
    assert shown(officer, path, numbers) == everything


def test_both_are_shown_before_one_is_chosen(officer: Browser, numbers: dict[str, str]) -> None:
    assert shown(officer, "/cases", numbers) == {"BJ", "SH"}
    assert "All programmes" in officer.get("/cases").text


def test_matches_and_queues_follow(officer: Browser) -> None:
    officer.post("/programme", {"programme": "SH"})
    page = officer.get("/matches").text
    assert "S-2" in page
    assert page.count("Steam without coal") == 1
    assert "Beijing pilot" not in officer.get("/queues").text.partition("<main")[2]


def test_the_choice_stays_with_the_session_alone(officer: Browser, browser_for: Enter, numbers: dict[str, str]) -> None:
    officer.post("/programme", {"programme": "SH"})
    assert (
        '<summary class="top-link"><span class="visually-hidden">Programme: </span><span class="programme">Shanghai pilot</span></summary>'
        in officer.get("/account").text
    )
    assert shown(browser_for("officer"), "/cases", numbers) == {"BJ", "SH"}


def test_an_address_names_a_programme_and_its_links_stay_with_it(officer: Browser, numbers: dict[str, str]) -> None:
    officer.post("/programme", {"programme": "BJ"})
    assert shown(officer, "/cases?programme=SH", numbers) == {"SH"}
    assert shown(officer, "/cases?programme=all", numbers) == {"BJ", "SH"}
    page = officer.get("/cases?programme=SH").text
    main = page.partition("<main")[2]
    links = re.findall(r'href="(/cases(?:\.csv|\.xlsx)?(?:\?[^"]*)?)"', main)
    assert links
    assert all("programme=SH" in link for link in links)
    assert '<input type="hidden" name="programme" value="SH">' in main
    # It was a link and nothing more.
    assert shown(officer, "/cases", numbers) == {"BJ"}


def test_the_switch_comes_back_to_the_page_without_what_its_address_said(officer: Browser) -> None:
    answer = officer.post("/programme", {"programme": "SH", "page": "/cases?programme=BJ&q=steam&cursor=x"})
    assert answer.headers["Location"] == "/cases?q=steam"


def test_a_programme_that_is_not_ones_own_is_not_there(
    officer: Browser, browser_for: Enter, engine: Engine, world: World
) -> None:
    assert officer.post("/programme", {"programme": "XX"}).status_code == 404
    assert officer.get("/cases?programme=XX").status_code == 404
    # One who has a single programme has no switch, and an address changes nothing.
    single = browser_for("foreign_officer")
    assert 'class="switch"' not in single.get("/cases").text
    assert single.post("/programme", {"programme": "BJ"}).status_code == 404
    assert "BJ-" not in single.get("/cases?programme=BJ").text.partition("<main")[2]


def test_a_programme_that_one_has_left_is_shown_no_more(
    officer: Browser, engine: Engine, world: World, numbers: dict[str, str]
) -> None:
    officer.post("/programme", {"programme": "SH"})
    with transaction(engine) as db:
        db.execute(
            text(
                "UPDATE memberships SET ends_at = casework_now() WHERE programme_id = CAST(:id AS uuid) AND person_id = CAST(:who AS uuid)"
            ),
            {"id": world.programmes["SH"], "who": world.people["officer"]},
        )
    assert shown(officer, "/cases", numbers) == {"BJ"}


@pytest.mark.parametrize("path", ["/", "/cases", "/matches", "/queues", "/done"])
def test_a_choice_costs_no_query(officer: Browser, app: Flask, path: str) -> None:
    officer.get(path)
    with counted(app) as before:
        officer.get(path)
    officer.post("/programme", {"programme": "SH"})
    with counted(app) as after:
        officer.get(path)
    assert len(after) <= len(before) + 1  # The calendar of the one programme, where several were counted as days.


def test_a_focus_never_reaches_further(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for name in world.people:
            actor = world.actor(db, name)
            for programme in world.programmes.values():
                less, more = reach(focused(actor, programme)), reach(actor)
                assert less.all_of <= more.all_of & {programme}
                assert less.outlines_of <= more.outlines_of & {programme}
                assert less.organisations == more.organisations
