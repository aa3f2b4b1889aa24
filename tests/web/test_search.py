"""One search box, over what a person may see and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.search import search
from casework.records.database import transaction
from tests.web.conftest import Browser
from tests.world import World, to_referral

BrowserFor = Callable[[str], Browser]


def main(browser: Browser, words: str) -> str:
    answer = browser.get("/search", query_string={"q": words})
    assert answer.status_code == 200
    return answer.text.split("<main")[1].split("</main>")[0]


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return to_referral(world, db)[0]


@pytest.mark.parametrize("words", ["BJ-", "steam WITHOUT", "hebei", "Nordwind"])
def test_numbers_titles_and_parties_are_found(world: World, number: str, browser_for: BrowserFor, words: str) -> None:
    found = main(browser_for("officer"), words)
    assert number in found
    assert "Hebei Steam Works" in found


@pytest.mark.parametrize(
    ("words", "finds"),
    [
        ("without steam", True), ("works hebei bj-", True), ("蒸汽", True), ("蒸汽 hebei", True), ("officer", True),
        ("team", False), ("eat pump", False), ("hebei nowhere", False), ("st.am", False), ("(steam", False), ("\\m", False),
    ],
)  # fmt: skip
def test_every_word_stands_somewhere_where_a_word_begins(
    engine: Engine, world: World, number: str, words: str, finds: bool
) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE needs SET title_zh = '无煤蒸汽'"))
    with transaction(engine) as db:
        found = search(db, world.actor(db, "officer"), words)
    assert (number in [one["number"] for one in found["cases"]]) is finds


def test_a_case_is_found_by_its_whole_number_first(engine: Engine, world: World, number: str) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        found = search(db, world.actor(db, "officer"), number.lower())
    assert [one["number"] for one in found["cases"]] == [number]


def test_a_provider_finds_its_referrals(world: World, number: str, browser_for: BrowserFor) -> None:
    found = main(browser_for("provider"), "hebei")
    assert "Referrals" in found
    assert "Green technology assessment" in found
    assert "Cases" not in found


@pytest.mark.parametrize("who", ["foreign_provider", "verifier", "foreign_officer", "dispute_officer", "administrator"])
def test_others_find_nothing(world: World, number: str, browser_for: BrowserFor, who: str) -> None:
    for words in (number, "hebei", "steam"):
        assert "Nothing that you may see is called so." in main(browser_for(who), words), words


def test_an_observer_finds_the_outline_and_no_party(world: World, number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("observer")
    found = main(browser, "steam without")
    assert number in found
    assert "Hebei" not in found
    assert "Nothing that you may see" in main(browser, "hebei")


def test_who_is_shut_out_finds_nothing(engine: Engine, world: World, number: str, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        db.execute(text("UPDATE cases SET interests = ARRAY[CAST(:p AS text)]"), {"p": world.people["provider"]})
    assert "Nothing that you may see" in main(browser_for("provider"), "hebei")


@pytest.mark.parametrize("words", ["%", "_", "%%", "\\", "'; DROP TABLE cases; --", "<script>alert(1)</script>"])
def test_signs_of_the_query_language_are_letters_like_others(world: World, number: str, browser_for: BrowserFor, words: str) -> None:
    found = main(browser_for("officer"), words)
    assert number not in found
    assert "<script>alert" not in found


def test_too_few_letters_ask_for_more(world: World, browser_for: BrowserFor) -> None:
    for words in ("", "a", "  "):
        assert "Write at least 2 letters" in main(browser_for("officer"), words)


def test_the_box_stands_on_every_page(world: World, browser_for: BrowserFor) -> None:
    assert 'role="search" action="/search"' in browser_for("provider").get("/").text
