"""On a page people, organisations and cases are called as its reader reads, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]

NAMED, TITLED = "陈经办", "不用煤的蒸汽"


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        named = {"name": NAMED, "id": world.people["officer"]}
        db.execute(text("UPDATE people SET name_zh = :name WHERE id = CAST(:id AS uuid)"), named)
        db.execute(text("UPDATE needs SET title_zh = :title"), {"title": TITLED})
    return number


@pytest.mark.parametrize("path", ["/cases", "/cases/{}", "/", "/cases/{}/history", "/search?q={}"])
def test_a_chinese_page_has_chinese_names_and_an_english_one_those_registered(
    browser_for: Enter, number: str, path: str
) -> None:
    browser = browser_for("supervisor")
    address = path.format(number)
    english = browser.get(address, follow_redirects=True).text
    browser.post("/account/preferences", {"language": "zh-Hans"})
    chinese = browser.get(address, follow_redirects=True).text
    assert NAMED not in english
    assert TITLED not in english
    assert NAMED in chinese or TITLED in chinese or path == "/"


def test_the_head_calls_the_reader_by_the_name_of_the_language(browser_for: Enter, number: str) -> None:
    browser = browser_for("officer")
    assert NAMED not in browser.get("/account").text.split("<main")[0]
    browser.post("/account/preferences", {"language": "zh-Hans"})
    assert NAMED in browser.get("/account").text.split("<main")[0]


@pytest.mark.parametrize("page", ["history", "documents"])
def test_a_page_of_a_case_is_headed_by_the_title_as_its_reader_reads_it(
    browser_for: Enter, number: str, page: str
) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": "zh-Hans"})
    assert TITLED in browser.get(f"/cases/{number}/{page}").text.split("<main")[1]


def test_a_program_is_told_names_as_they_are_registered(browser_for: Enter, number: str) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": "zh-Hans"})
    told = browser.get(f"/api/v1/cases/{number}").json
    assert TITLED not in str(told)
    assert NAMED not in str(told)


def test_what_is_recorded_from_a_chinese_page_has_registered_names(
    browser_for: Enter, number: str, engine: Engine
) -> None:
    browser = browser_for("officer")
    browser.post("/account/preferences", {"language": "zh-Hans"})
    browser.get(f"/cases/{number}")
    with transaction(engine) as db:
        said = db.execute(
            text("SELECT string_agg(e.header::text || e.effects::text || e.body::text, ' ') FROM events e")
        ).scalar()
    assert NAMED not in str(said)
    assert TITLED not in str(said)
