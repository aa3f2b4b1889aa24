"""Observers read figures of their programme as they are told outside, on a page and as files, and come to no case from there."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask

from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.oversight import outside_figures
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.queries import counted
from tests.support.web_client import Browser
from tests.support.world import World


@pytest.mark.parametrize("role", ["observer", "officer", "auditor"])
def test_of_a_programme_that_began_in_this_quarter_the_page_tells_nothing_yet(
    browser_for: Callable[[str], Browser], role: str
) -> None:
    page = browser_for(role).get("/figures/outside")
    assert page.status_code == 200
    assert "the programme began in this quarter" in page.text


@pytest.mark.parametrize("role", ["compliance", "administrator", "dispute_officer", "provider"])
@pytest.mark.parametrize("ending", ["", ".csv", ".xlsx", ".json"])
def test_to_others_it_is_not_there(browser_for: Callable[[str], Browser], role: str, ending: str) -> None:
    assert browser_for(role).get(f"/figures/outside{ending}").status_code == 404


@pytest.fixture
def until_now(monkeypatch: pytest.MonkeyPatch, app: Flask) -> None:
    """As if the quarter had just ended."""
    monkeypatch.setattr(outside_figures, "last_quarter", lambda moment, calendar: moment)


def test_small_numbers_are_hidden_and_no_line_leads_to_a_case(
    browser_for: Callable[[str], Browser], world: World, app: Flask, until_now: None
) -> None:
    engine = app.extensions["casework"]
    with transaction(engine) as db:
        number = world.open_case(db)
    browser = browser_for("observer")
    page = browser.get("/figures/outside")
    assert "&lt;3" in page.text
    assert "How many go on" in page.text
    table = browser.get("/figures/outside.csv")
    told = json.loads(browser.get("/figures/outside.json").text)
    assert "<3" in table.text
    assert told["figures"]["conversion"]["rows"][0]["denominator"] == "<3"
    assert number not in page.text + table.text + json.dumps(told)
    assert "/figures/conversion/cases" not in page.text


def test_read_again_page_and_files_are_the_same_and_nothing_is_counted(
    browser_for: Callable[[str], Browser], world: World, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(app.extensions["casework"]) as db:
        world.open_case(db)
        end = now(db)
    monkeypatch.setattr(outside_figures, "last_quarter", lambda moment, calendar: end)
    browser = browser_for("observer")
    paths = [f"/figures/outside{ending}" for ending in (".csv", ".json")]
    first = [browser.get(path).data for path in paths]
    with counted(app) as sent:
        assert [browser.get(path).data for path in paths] == first
    assert b"<3" in first[0]
    # What is counted may take its time, and says so.
    assert not any("statement_timeout" in one.query for one in sent)


def test_page_and_files_can_be_read_three_times_in_ten_minutes_and_no_more(
    browser_for: Callable[[str], Browser],
) -> None:
    browser = browser_for("observer")
    paths = [f"/figures/outside{ending}" for ending in ("", ".csv", ".xlsx", ".json")] * 3
    assert len(paths) == ALLOWANCES["outside_figures"].most
    assert [browser.get(path).status_code for path in paths] == [200] * len(paths)
    assert browser.get("/figures/outside").status_code == 429


@pytest.mark.parametrize(
    "asked", ["opened_from=2026-01-01", "opened_to=2001-01-01", "event=x", "phase=x", "as_of=2001-01-01"]
)
def test_nothing_in_the_address_tells_cases_apart(
    browser_for: Callable[[str], Browser], world: World, app: Flask, until_now: None, asked: str
) -> None:
    """Two answers that differ by a case would tell of it."""
    with transaction(app.extensions["casework"]) as db:
        world.open_case(db)
    browser = browser_for("observer")
    figures = [json.loads(browser.get(f"/figures/outside.json{more}").data)["figures"] for more in ("", f"?{asked}")]
    assert figures[0] == figures[1] != {}
    assert browser.get(f"/figures?{asked}").status_code == 404
