"""The lists of needs and technologies: what is searched for is found in either language, and the list says what it may be narrowed to."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.engine.case_objects.programme_lists import Lists, overlay
from casework.matching.facets import PUBLIC_FACETS
from casework.operations.matching import search_box
from casework.operations.matching.published_views import PublishedList
from casework.operations.matching.search_box import Choice
from casework.operations.people import registry
from casework.records.database import transaction
from casework.web.catalogue.record_lists import Asked, say_cut, selects_of
from tests.operations.core.test_catalogue_index import enter
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


@pytest.fixture
def dryer(world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        enter(world, db, "technology", title="Belt <dryer>", developed_in=["CN"])
        return enter(
            world,
            db,
            "technology",
            title="Sludge dryer",
            description="Dries it.",
            developed_in=["DE"],
            ipc=["F26B3/00"],
        )


def test_what_is_searched_for_is_found_in_either_language_and_marked(browser_for: Enter, dryer: str) -> None:
    browser = browser_for("officer")
    for said in ("sludge dryers", "污泥"):
        page = browser.get(f"/technologies?q={said}").text
        assert f"/technologies/{dryer}" in page
        assert "Belt" not in page
        assert said in read_page(page).sent.getlist("q")
        assert "Found: 1" in words_of(page)
    assert "<mark>Sludge</mark> <mark>dryer</mark>" in browser.get("/technologies?q=sludge+dryers").text
    assert "Belt &lt;<mark>dryer</mark>&gt;" in browser.get("/technologies?q=dryer").text
    assert "No record says all of these words." in words_of(browser.get("/technologies?q=sludge+xyzzy").text)
    assert "None is found." in words_of(browser.get("/technologies?q=xyzzy").text)


def test_the_list_is_narrowed_by_what_its_records_say_and_do_not_say(browser_for: Enter, dryer: str) -> None:
    browser = browser_for("officer")
    page = words_of(browser.get("/technologies?q=dryer").text)
    for said in ("Germany (1)", "China (1)", "F: Mechanical engineering; lighting; heating (1)", "unknown (2)"):
        assert said in page
    page = browser.get("/technologies?q=dryer&country=DE").text
    assert dryer in page
    assert "Belt" not in page
    assert read_page(page).sent["country"] == "DE"
    page = browser.get("/technologies?ipc=unknown&country=CN").text
    assert dryer not in page
    assert "Belt" in page
    assert "None is found." in words_of(browser.get("/technologies?country=XX").text)


def test_needs_are_narrowed_by_the_sections_of_their_codes(browser_for: Enter, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        dry = enter(world, db, "need", title="Sludge to be dried", ipc=["F26B3/00"])
        other = enter(world, db, "need", title="Sludge to be burnt")
    browser = browser_for("officer")
    assert "F: Mechanical engineering; lighting; heating (1)" in words_of(browser.get("/needs?q=sludge").text)
    page = browser.get("/needs?q=sludge&ipc=F").text
    assert (f"/needs/{dry}" in page, f"/needs/{other}" in page) == (True, False)


def test_pages_of_a_search_go_on_where_the_last_one_ended(browser_for: Enter, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = {enter(world, db, "need", title=f"Sludge of works {n}", publication="public") for n in range(30)}
    browser, page, seen = browser_for("officer"), "/needs?q=sludge", list[str]()
    for count in (25, 30):
        text = browser.get(page).text
        seen += [id for id in ids if f"/needs/{id}" in text]
        assert len(seen) == count
        more = re.search(r'href="([^"]*cursor=[^"]*)" rel="next"', text)
        page = html.unescape(more[1]) if more else ""
    assert not page
    assert set(seen) == ids
    assert len(seen) == 30
    for cursor in ("x", "WyJuYW4iLCAiYSJd"):
        assert browser.get(f"/needs?q=sludge&cursor={cursor}").status_code == 422


@pytest.mark.parametrize(
    "said",
    ["%25_%5C", "'%22`", "%01%1f%7f", "x" * 10_000, "heat+" * 2_000, "'%20|%20!heat:*", "%F0%9F%98%80", "%ed%a0%80"],
)
@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_whatever_is_typed_gives_a_page(browser_for: Enter, plural: str, said: str) -> None:
    browser = browser_for("officer")
    assert browser.get(f"/{plural}?q={said}").status_code == 200
    assert browser.get(f"/{plural}?q={said}&source={said[:3_000]}&status={said[:3_000]}").status_code == 200


def test_of_more_than_are_counted_it_says_at_least(
    browser_for: Enter, dryer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_box, "COUNTED", 1)
    monkeypatch.setattr("casework.operations.matching.listed_records.COUNTED", 1)
    assert "or more are found" in words_of(browser_for("officer").get("/technologies?q=dryer").text)


def test_a_code_is_called_as_the_programmes_of_the_list_call_it_where_they_agree(app: Flask) -> None:
    def called(*names: str) -> Sequence[Lists]:
        row = {"list": "sectors", "code": "S9", "label_zh": "", "position": 1, "version": "", "retired": False}
        return [overlay([{**row, "label": name}] if name else []) for name in names]

    said = PublishedList(
        items=[], next=None, records=3, at_least=False, facets={"sector": [Choice(value="S9", records=3)]}
    )
    for names, told in (
        (("Heat",), "Heat (3)"),
        (("Heat", "Heat"), "Heat (3)"),
        (("", "Heat"), "Heat (3)"),
        (("Heat", "Cold"), "S9 (3)"),
    ):
        with app.test_request_context("/catalogue?language=en"):
            (select,) = selects_of(Asked("need", PUBLIC_FACETS["need"]), said, called(*names))
        assert select["choices"] == [("S9", told)]


def test_of_more_than_are_listed_it_says_what_to_do(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert say_cut(300, 300) == []
        assert say_cut(301, 300) == ["The 300 that fit best are listed: narrow the search to see others."]


@pytest.mark.parametrize("page", ["/needs", "/technologies", "/matches", "/past-projects"])
def test_buttons_name_the_programme_where_somebody_keeps_records_of_two(
    page: str, browser_for: Enter, world: World, engine: Engine
) -> None:
    named = [f"Bring in a file ({name})" for name in ("Beijing pilot", "Shanghai pilot")]
    before = html.unescape(browser_for("officer").get(page).text)
    assert "Bring in a file …" in before
    assert not any(words in before for words in named)
    with transaction(engine) as db:
        shanghai = world.programmes["SH"]
        registry.grant_role(db, world.people["officer"], "officer", programme=shanghai, organisation=None)
    after = html.unescape(browser_for("officer").get(page).text)
    assert all(words in after for words in named)
    assert "Bring in a file …" not in after


def test_sources_that_are_there_or_known_are_offered_where_a_file_is_brought_in(
    browser_for: Enter, world: World
) -> None:
    page = browser_for("officer").get(f"/programmes/{world.programmes['BJ']}/imports/technologies").text
    assert '<option value="WIPO GREEN">' in page
