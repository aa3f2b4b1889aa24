"""On a page people, organisations and cases are called as its reader reads, and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.core.reader_names import names_in_chinese
from casework.records.database import transaction
from tests.support.pages import read_page
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


@pytest.mark.parametrize(
    ("who", "path", "named"),
    [
        ("supervisor", "/cases", {NAMED, TITLED}),
        ("supervisor", "/cases/{}", {NAMED, TITLED}),
        ("officer", "/", {TITLED}),
        ("supervisor", "/cases/{}/history", {NAMED, TITLED}),
        ("supervisor", "/search?q=BJ-", {TITLED}),
    ],
)
def test_a_chinese_page_has_chinese_names_and_an_english_one_those_registered(
    browser_for: Enter, number: str, who: str, path: str, named: set[str]
) -> None:
    browser = browser_for(who)
    address = path.format(number)

    def read() -> set[str]:
        """Which Chinese names stand on the page, below its head."""
        page = browser.get(address, follow_redirects=True).text.split("<main")[1]
        return {name for name in (NAMED, TITLED) if name in page}

    assert read() == set()
    browser.post("/account/preferences", {"language": "zh-Hans"})
    assert read() == named


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


def test_a_form_that_comes_back_with_a_fault_has_the_names_of_its_reader(
    browser_for: Enter, number: str, engine: Engine, world: World
) -> None:
    browser, page = browser_for("officer"), f"/cases/{number}"
    form = next(iter(re.findall(rf'href="({page}/tracks/[^"]*/hold)"', browser.get(page).text)))
    empty = {name: value for name, value in read_page(browser.get(form).text).sent.items() if not name.startswith("f-")}
    english = browser.flask.post(form, data=empty)
    browser.post("/account/preferences", {"language": "zh-Hans"})
    chinese = browser.flask.post(form, data=empty)
    assert (english.status_code, chinese.status_code) == (422, 422)
    assert [TITLED in answer.text for answer in (english, chinese)] == [False, True]
    # What is done from a form that came back is recorded, and answered when it is sent again, as it is registered.
    sent = dict(read_page(chinese.text).sent) | {
        "f-reason": "budget",
        "f-waits_for": "need_owner",
        "f-waits_until": "event",
        "f-event": "The board has met.",
    }
    assert browser.flask.post(form, data=sent).status_code == 303
    with transaction(engine) as db:
        kept = db.execute(text("SELECT string_agg(answer::text, ' ') FROM requests")).scalar()
        said = db.execute(
            text("SELECT string_agg(header::text || effects::text || body::text, ' ') FROM events")
        ).scalar()
    for name in (NAMED, TITLED):
        assert name not in str(kept)
        assert name not in str(said)


def test_nothing_is_done_in_a_transaction_that_shows_names(engine: Engine, world: World) -> None:
    with transaction(engine) as db, names_in_chinese(db, True), pytest.raises(RuntimeError):
        world.open_case(db)


def test_matches_and_roles_bear_chinese_names_for_whoever_reads_chinese(
    browser_for: Enter, number: str, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        lab = {"name": "海淀评估实验室", "id": world.organisations["lab"]}
        db.execute(text("UPDATE organisations SET name_zh = :name WHERE id = CAST(:id AS uuid)"), lab)
    for who, path, chinese in (
        ("officer", "/matches", TITLED),
        ("administrator", "/administration/people", lab["name"]),
    ):
        browser = browser_for(who)
        assert chinese not in browser.get(path).text
        browser.post("/account/preferences", {"language": "zh-Hans"})
        assert chinese in browser.get(path).text


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
