"""Columns that a reader chooses for a list, kept for that reader alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def cases(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        world.new_case(db)


def heads(source: str) -> list[str]:
    found = re.findall(r'<th role="columnheader"[^>]*>(.*?)</th>', source, re.DOTALL)
    return [words for one in found if "data-all" not in one for words in [re.sub("<[^>]*>", "", one).strip()]]


@pytest.mark.parametrize(
    ("page", "chosen", "shown", "usual"),
    [
        (
            "cases",
            ["phase", "state"],
            ["Case", "State", "Phase"],
            ["Case", "State", "Next due", "Waits for", "Owner", "Opened"],
        ),
        ("cases", [], ["Case"], ["Case", "State", "Next due", "Waits for", "Owner", "Opened"]),
        (
            "queues",
            ["opened", "priority"],
            ["Case", "What to do", "Waiting since", "Priority", "Take the task"],
            ["Case", "What to do", "Due", "Queue"],
        ),
    ],
)
def test_a_list_has_the_columns_that_its_reader_chose(
    browser_for: Enter, page: str, chosen: list[str], shown: list[str], usual: list[str]
) -> None:
    browser, path = browser_for("officer"), f"/{page}"
    assert heads(browser.get(path).text) == usual
    answer = browser.post(
        "/preferences/columns", {"list": page, "column": chosen, "page": f"{path}?sort=number"}, page=path
    )
    assert answer.headers["Location"] == f"{path}?sort=number"
    assert heads(browser.get(path).text) == shown
    assert heads(browser_for("other_officer").get(path).text) == usual
    browser.post("/preferences/columns", {"list": page, "usual": "yes", "page": path}, page=path)
    assert heads(browser.get(path).text) == usual


def test_an_address_may_say_the_columns(browser_for: Enter) -> None:
    browser = browser_for("officer")
    page = browser.get("/cases?columns=opened,state&sort=number").text
    assert heads(page) == ["Case", "State", "Opened"]
    # The heads, the filters and the next page keep them.
    assert 'href="/cases?sort=oldest&amp;columns=opened,state' in page or "columns=opened%2Cstate" in page
    assert 'name="columns" value="opened,state"' in page
    for path in ("/cases?columns=title", "/queues?columns=state"):
        assert browser.get(path).status_code == 422


def test_an_outline_offers_no_column_that_it_does_not_say(browser_for: Enter) -> None:
    browser = browser_for("observer")
    browser.post("/preferences/columns", {"list": "cases", "column": ["owner", "due", "step"]}, page="/cases")
    page = browser.get("/cases").text
    assert heads(page) == ["Case", "Step"]
    assert heads(browser.get("/cases?columns=owner,waits_for,state").text) == ["Case", "State"]
    assert 'value="owner"' not in page


def test_a_column_that_there_is_not_is_refused(browser_for: Enter) -> None:
    browser = browser_for("officer")
    for body in ({"list": "cases", "column": "title"}, {"list": "people", "column": "name"}):
        assert browser.post("/preferences/columns", body, page="/cases").status_code == 422
    away = browser.post("/preferences/columns", {"list": "cases", "page": "//evil"}, page="/cases")
    assert away.headers["Location"] == "/"
