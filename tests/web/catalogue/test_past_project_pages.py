"""The list of past projects: by outcome, in the reader's language, apart from cases."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.operations.catalogue.importer import import_records
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]
FILE = (
    "external_id,title,title_zh,need_owner,ended_on,outcome,contract_value,contract_currency\n"
    "P1,Boiler of a district,区域锅炉,Heat Works,2023-05-31,deployed_measured,1200000,CNY\n"
    "P2,Sludge dryer,,,2022-12-31,no_agreement,,\n"
)


@pytest.fixture
def imported(engine: Engine, world: World) -> None:
    import_records(engine, "past_projects", io.BytesIO(FILE.encode()), programme="BJ")


def test_they_are_listed_and_counted_apart(browser_for: Enter, imported: None) -> None:
    browser = browser_for("officer")
    told = words_of(browser.get("/past-projects").text)
    assert "All 2" in told
    assert "Boiler of a district P1" in told
    assert "CNY 1,200,000" in told
    # On a telephone a cell that holds nothing is left out with its name.
    dryer = next(row for row in browser.get("/past-projects").text.split("<tr")[1:] if "Sludge dryer" in row)
    assert re.search(r'data-label="Contract value"[^>]*>\s*</td>', dryer)
    only = words_of(browser.get("/past-projects?outcome=no_agreement").text)
    assert "Sludge dryer" in only
    assert "Boiler" not in only
    assert "No past project ended so." in words_of(browser.get("/past-projects?outcome=dormant").text)
    assert "Boiler" not in browser.get("/cases").text


def test_an_empty_list_says_whence_they_come(browser_for: Enter, world: World) -> None:
    assert "Bring in a file of past projects" in words_of(browser_for("officer").get("/past-projects").text)
    assert browser_for("provider").get("/past-projects").status_code == 404


def test_titles_are_in_the_readers_language(browser_for: Enter, imported: None) -> None:
    browser = browser_for("officer")
    browser.post("/preferences", {"language": "zh-Hans", "page": "/past-projects"}, page="/past-projects")
    told = words_of(browser.get("/past-projects").text)
    assert "区域锅炉" in told
    assert "Boiler" not in told
