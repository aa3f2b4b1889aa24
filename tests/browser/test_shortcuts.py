"""Each key does what the table of keys says, and letters that one writes are written."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from casework.operations.matching.ranking import make_ready
from casework.records.database import transaction
from casework.web.shell.shortcut_pages import SHORTCUTS
from tests.browser.conftest import PageOf
from tests.browser.reader import Reader
from tests.browser.site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def site(shared_site: Site) -> Site:
    return shared_site


@pytest.fixture
def number(site: Site) -> str:
    with transaction(site.engine) as db:
        number = site.world.new_case(db)
        site.world.fire(db, "officer", number, "take")
    return number


@pytest.fixture
def officer(site: Site, page_of: PageOf) -> Reader:
    site.speak("officer", "en")
    return page_of("officer")


def leads_to(page: Page, key: str, address: str) -> None:
    with page.expect_navigation(timeout=15_000):
        page.keyboard.press(key)
    assert address in page.url


def focused(page: Page, selector: str) -> bool:
    found: bool = page.evaluate("(selector) => document.activeElement.matches(selector)", selector)
    return found


def _palette(reader: Reader, number: str) -> None:
    reader.open(f"/cases/{number}")
    page = reader.page
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.type("hold")
    expect(page.locator("#palette .ways a", has_text="hold").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    leads_to(page, "Enter", f"/cases/{number}/tracks/")


def _send(reader: Reader, number: str) -> None:
    reader.open("/account")
    reader.page.locator("#zone").focus()
    with reader.page.expect_navigation(timeout=15_000):
        reader.page.keyboard.press("Control+Enter")
    assert "saved=1" in reader.page.url


def _search(reader: Reader, number: str) -> None:
    reader.open("/")
    reader.page.keyboard.press("/")
    assert focused(reader.page, "#search")
    reader.page.keyboard.type("gw?")
    assert reader.page.locator("#search").input_value() == "gw?"


def _next_task(reader: Reader, number: str) -> None:
    reader.open("/")
    with reader.page.expect_navigation(timeout=15_000):
        reader.page.keyboard.press("n")


def _row_down(reader: Reader, number: str) -> None:
    reader.open("/cases")
    reader.page.keyboard.press("j")
    assert focused(reader.page, "main a")


def _row_up(reader: Reader, number: str) -> None:
    reader.open("/cases")
    page = reader.page
    rows = "document.activeElement.closest('tr, li').innerText"
    page.keyboard.press("j")
    first = page.evaluate(rows)
    page.keyboard.press("j")
    assert page.evaluate(rows) != first
    page.keyboard.press("k")
    assert page.evaluate(rows) == first


def _open_row(reader: Reader, number: str) -> None:
    reader.open("/cases")
    reader.page.keyboard.press("j")
    leads_to(reader.page, "o", "/cases/BJ-")


def _select_row(reader: Reader, number: str) -> None:
    reader.open("/cases")
    reader.page.keyboard.press("j")
    reader.page.keyboard.press("x")
    assert reader.page.locator("main input[type=checkbox]:checked").count() >= 1


def _next_action(reader: Reader, number: str) -> None:
    reader.open(f"/cases/{number}")
    reader.page.keyboard.press("a")
    assert focused(reader.page, "main a, main button")


def _more(reader: Reader, number: str) -> None:
    reader.open(f"/cases/{number}")
    reader.page.keyboard.press(".")
    expect(reader.page.locator("main details.menu").first).to_have_attribute("open", "")


def _goes(letter: str, address: str) -> Callable[[Reader, str], None]:
    def go(reader: Reader, number: str) -> None:
        reader.open("/account")
        reader.page.keyboard.press("g")
        leads_to(reader.page, letter, address)

    return go


def _keys(reader: Reader, number: str) -> None:
    reader.open("/")
    reader.page.keyboard.press("?")
    expect(reader.page.locator("#shortcuts .list dt")).to_have_count(len(SHORTCUTS))
    reader.page.keyboard.press("Escape")
    expect(reader.page.locator("#shortcuts")).to_be_hidden()


def _find_candidates(reader: Reader) -> None:
    # The first search of a process reads a dictionary.
    make_ready()
    reader.open("/desk")
    reader.follow(reader.page.locator("main tbody a").nth(-2))
    if not reader.page.locator(".cand").count():
        reader.follow(reader.page.locator("main button.btn-primary"))


def _compares(reader: Reader, number: str) -> None:
    _find_candidates(reader)
    asked = reader.page.locator("form:has([name=said])")
    asked.locator("xpath=ancestor::details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    asked.locator("[name=said]").fill("heat pump boiler")
    reader.follow(asked.locator("button").last)
    for _ in range(2):
        reader.page.keyboard.press("j")
        reader.page.keyboard.press("x")
    with reader.page.expect_navigation():
        reader.page.keyboard.press("c")
    assert re.search(r"/compare\?.+", reader.page.url)


def _decides(key: str, leads_to: str) -> Callable[[Reader, str], None]:
    def decide(reader: Reader, number: str) -> None:
        _find_candidates(reader)
        reader.page.keyboard.press("j")
        with reader.page.expect_navigation():
            reader.page.keyboard.press(key)
        assert re.search(leads_to, reader.page.url)

    return decide


def _steps(reader: Reader, number: str) -> None:
    """From the last entry to the one before, and on to the last again."""
    reader.open(f"/cases/{number}/past")
    page = reader.page
    shown = page.locator("nav", has_text="Entry").first
    last = shown.inner_text()
    with page.expect_navigation(timeout=15_000):
        page.keyboard.press("p")
    assert shown.inner_text() != last
    with page.expect_navigation(timeout=15_000):
        page.keyboard.press("f")
    assert page.locator("[data-key=p]").count() == 1


DEEDS: dict[tuple[str, ...], Callable[[Reader, str], None]] = {
    ("Ctrl", "K"): _palette,
    ("Ctrl", "Enter"): _send,
    ("/",): _search,
    ("n",): _next_task,
    ("j",): _row_down,
    ("k",): _row_up,
    ("o",): _open_row,
    ("x",): _select_row,
    ("s",): _decides("s", "/desk#c-"),
    ("r",): _decides("r", "/refuse$"),
    ("c",): _compares,
    ("a",): _next_action,
    (".",): _more,
    ("g", "w"): _goes("w", "/"),
    ("g", "q"): _goes("q", "/queues"),
    ("g", "c"): _goes("c", "/cases"),
    ("?",): _keys,
    ("p",): _steps,
    ("f",): _steps,
}
#: Keys of pages that others have; the rest an officer presses.
OF_AUDITORS = {("p",), ("f",)}


def test_every_key_of_the_table_is_tried() -> None:
    assert set(DEEDS) == {shortcut.keys for shortcut in SHORTCUTS}


@pytest.mark.parametrize("keys", list(DEEDS), ids=" ".join)
def test_a_key_does_what_the_table_says(site: Site, page_of: PageOf, number: str, keys: tuple[str, ...]) -> None:
    who = "auditor" if keys in OF_AUDITORS else "officer"
    site.speak(who, "en")
    reader = page_of(who)
    DEEDS[keys](reader, number)
    reader.look()


def test_whoever_names_a_view_writes_and_takes_no_task(officer: Reader) -> None:
    officer.open("/cases?state=triage")
    page = officer.page
    page.locator("summary", has_text="Save this view").click()
    expect(page.locator("#view-name")).to_be_focused()
    page.keyboard.type("None in banks")
    assert page.input_value("#view-name") == "None in banks"
    assert "/cases?state=triage" in page.url
    page.locator("summary", has_text="Save this view").focus()
    page.keyboard.press("n")
    page.keyboard.press("/")
    assert not focused(page, "#search")
    assert "/cases?state=triage" in page.url


def test_the_palette_closes_at_once_with_words_in_it(officer: Reader) -> None:
    officer.open("/")
    officer.page.keyboard.press("Control+k")
    officer.page.keyboard.type("hold")
    officer.page.keyboard.press("Escape")
    expect(officer.page.locator("#palette")).to_be_hidden()


def test_single_letters_that_are_off_do_nothing(officer: Reader) -> None:
    officer.open("/account")
    officer.page.select_option("#single_keys", "false")
    officer.follow(officer.page.get_by_role("button", name="Keep these preferences"))
    try:
        officer.open("/")
        officer.page.keyboard.press("n")
        officer.page.keyboard.press("/")
        assert not focused(officer.page, "#search")
        officer.page.keyboard.press("Control+k")
        expect(officer.page.locator("#palette")).to_be_visible()
    finally:
        officer.open("/account")
        officer.page.select_option("#single_keys", "true")
        officer.follow(officer.page.get_by_role("button", name="Keep these preferences"))
