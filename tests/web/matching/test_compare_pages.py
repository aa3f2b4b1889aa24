"""Candidates stand side by side, by rank, four at most; what a record does not say is not known."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from casework.web.catalogue.pages import FIELDS
from tests.operations.core.test_catalogue_index import enter
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of
from tests.web.matching.test_desk_pages import newest_run, open_desk
from tests.web.matching.test_match_decision_pages import match_of

Enter = Callable[[str], Browser]


def test_two_stand_side_by_side_and_what_differs_alone(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("auditor")
    ids, _ = open_desk(browser_for("officer"), world, engine)
    page = f"/match-runs/{newest_run(engine)}/compare?technology={ids['unknown']}&technology={ids['pump']}"
    said = words_of(browser.get(page).text)
    assert said.index("Heat pump for dye houses") < said.index("Another heat pump")
    assert "wanted 5 to 9" in said
    assert "Cost to put in place budget CNY 1,200,000 CNY 900,000 ? not known" in said
    assert "5 to 6" in said
    assert "? not known" in said
    assert "Source" in said
    fewer = words_of(browser.get(f"{page}&differs=yes").text)
    assert "5 to 6" in fewer
    assert "Benefit over what there is" not in fewer


def test_one_alone_is_not_compared_and_a_stranger_not_found(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    ids, _ = open_desk(browser, world, engine)
    page = f"/match-runs/{newest_run(engine)}/compare"
    assert "Select two candidates or more." in browser.get(f"{page}?technology={ids['pump']}").text
    assert browser.get(f"{page}?technology={ids['idea']}").status_code == 404


def test_all_that_a_record_says_stands_side_by_side(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    says = {
        "developed_in": ["SE"],
        "deployed_in": ["DE"],
        "benefits": ["Less steam"],
        "sdgs": ["7.2"],
        "ipc": ["F24D3/08"],
        "green_topics": ["Heat recovery"],
        "reference_sites": [{"site": "Harbin works", "year": "2024", "size": "40 t/h"}],
        "website": "https://pumps.example",
        "published_on": "2025-01-02",
        "last_confirmed_on": "2026-02-03",
        "readiness_text": "runs since 2020",
        "readiness_low": 6,
    }
    with transaction(engine) as db:
        full = enter(world, db, "technology", title="Heat pump, told in full", **says)
    ids, _ = open_desk(browser, world, engine)
    page = f"/match-runs/{newest_run(engine)}/compare?technology={ids['pump']}&technology={full}"
    words = words_of(browser.get(page).text)
    for said in (
        "Sweden",
        "Germany",
        "Less steam",
        "7.2",
        "F24D3/08",
        "Heat recovery",
        "Harbin works, 2024, 40 t/h",
        "https://pumps.example",
        "runs since 2020",
        "Readiness: passed",
    ):
        assert said in words
    assert {"Published at its source on", "Last confirmed at its source on", "Verification"} <= {
        label for label in FIELDS["technology"].values() if label in words
    }


def test_what_no_run_found_stands_side_by_side_with_what_the_filters_say(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, need = browser_for("officer"), world.needs[0]
    with transaction(engine) as db:
        made = enter(world, db, "technology", title="Another boiler")
        match_of(world, db, need, made, "0.2")
        stranger = enter(world, db, "technology", title="No boiler")
    desk = f"/needs/{need}/desk?view=proposed"
    assert f'action="/needs/{need}/compare"' in browser.get(desk).text
    page = f"/needs/{need}/compare?technology={made}&technology={world.technologies[0]}"
    said = words_of(browser.get(page).text)
    assert said.index("Heat pump boiler") < said.index("Another boiler")
    assert "Conflict of interest" in said
    assert f"/matches/{world.matches[0]}/open" in browser.get(page).text
    assert f"/matches/{world.matches[0]}/open" not in browser_for("auditor").get(page).text
    assert "Show everything" in browser.get(f"{page}&differs=yes").text
    assert browser.get(f"{page}&technology={stranger}").status_code == 404
