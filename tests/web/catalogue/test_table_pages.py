"""Tables of rights and of organisations on pages: looked through first, whole or not at all, and what came of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import Connection, Engine, text

from casework import reasons
from casework.operations.catalogue import table_import
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.web.catalogue.table_words import say_rows
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def _play(world: World, db: Connection) -> str:
    return world.new_case(db)


pytestmark = pytest.mark.stage(play=_play)

WORKS = "name,name_zh,country,colour,contact_name\nKiln Works,窑炉厂,CN,red,Li Wen\nNordlicht GmbH,,DE,,\n"


def page_of(world: World, table: str = "organisations") -> str:
    return f"/programmes/{world.programmes['BJ']}/tables/{table}"


def look(browser: Browser, page: str, content: str | bytes, name: str = "works.csv", source: str = "A list") -> str:
    sent = {**read_page(browser.get(page).text).sent, "source": source}
    content = content.encode() if isinstance(content, str) else content
    return browser.flask.post(f"{page}/preview", data={**sent, "file": (BytesIO(content), name)}).text


def bring(browser: Browser, page: str, shown: str) -> str:
    """Send the form of what was looked through."""
    sent = dict(re.findall(r'name="(csrf_token|key|page|content|name|source)" value="([^"]*)"', shown))
    return browser.flask.post(page, data=sent, follow_redirects=True).text


def known(engine: Engine) -> int:
    with transaction(engine) as db:
        return int(db.execute(text("SELECT count(*) FROM organisations WHERE name = 'Kiln Works'")).scalar_one())


def test_a_table_is_looked_through_and_then_brought_in(browser_for: Enter, world: World, engine: Engine) -> None:
    browser, page = browser_for("officer"), page_of(world)
    assert page in browser.get("/organisations").text
    shown = look(browser, page, WORKS)
    words = words_of(shown)
    assert "Nothing is recorded yet. 2 rows were read. New: 2." in words
    assert "Columns that are not read colour" in words
    assert ("Row 2" in words, "窑炉厂" in words) == (True, True)
    assert known(engine) == 0
    done = words_of(bring(browser, page, shown))
    assert "The table is brought in. Nobody has confirmed yet what it says." in done
    assert ("works.csv" in done, "A list" in done, "2 to 3" in done, "Officer" in done) == (True, True, True, True)
    assert known(engine) == 1
    listed = browser.get(page).text
    [address] = set(re.findall(rf"{page}/[0-9]+", listed))
    links = re.findall(r'href="(/organisations/[0-9a-f-]{36})"', browser.get(address).text)
    assert "Li Wen" in "".join(browser.get(link).text for link in links)
    again = words_of(look(browser, page, WORKS))
    assert "All of it is on record as it is: there is nothing to bring in." in again
    # A second click does nothing twice, and what was entered meanwhile is not entered again.
    assert "Nothing was changed: all of it is on record." in words_of(bring(browser, page, again_of(shown)))
    assert known(engine) == 1
    assert list(verify_all(engine)) == []


def again_of(shown: str) -> str:
    return re.sub(r'name="key" value="[^"]*"', 'name="key" value="another-key-of-a-form"', shown)


def test_with_one_fault_nothing_is_brought_in_and_each_is_told_in_both_languages(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser, page = browser_for("officer"), page_of(world)
    bad = "name,country,size\nKiln Works,CN,small\nOther,XX,huge\n,DE,\n"
    words = words_of(look(browser, page, bad))
    assert "2 rows are refused, so nothing can be brought in yet." in words
    assert "3 Country or region country is no code of a country or region such as CN, DE or GB" in words
    assert "3 Size size must be one of" in words
    assert "4 Name name is missing" in words
    assert "Bring it in" not in words
    # What was looked through is looked at once more: what is refused then changes nothing either.
    shown = look(browser, page, "name,country\nKiln Works,CN\n")
    worse = re.sub(
        r'name="content" value="[^"]*"', 'name="content" value="bmFtZSxjb3VudHJ5CktpbG4gV29ya3MsWFgK"', shown
    )
    assert "1 row is refused" in words_of(bring(browser, page, worse))
    assert known(engine) == 0


def test_columns_are_called_as_pages_call_them(browser_for: Enter, world: World) -> None:
    """With how the file writes them beside it; what is wrong with no cell names the whole row or the whole file."""
    browser, page = browser_for("officer"), page_of(world, "rights")
    assert "encumbrance_number Number in the register" in words_of(browser.get(page).text)
    bad = "kind,number,holder\ninvention,CN1,Kiln Works\ninvention,CN2,\n,,,\n"
    words = words_of(look(browser, page, bad))
    assert "2 What lies on it encumbrance is missing: Who holds it says something of one" in words
    assert "The whole" in words_of(look(browser, page, "kind,number\n"))


def test_what_is_said_of_a_row_has_the_names_of_the_readers_language(app: Flask) -> None:
    why = reasons.imports.SAYS_OF_BURDEN(column="holder")
    told = {"row": 2, "field": "encumbrance", "reason": str(why), "code": why.code, "values": {"column": "holder"}}
    with app.test_request_context(headers={"Accept-Language": "zh-CN"}):
        [(row, called, column, words)] = say_rows("rights", [told])
    assert (row, called, column) == (2, "权利负担", "encumbrance")
    assert "权利人" in words
    assert "holder" not in words


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "is empty."),
        (b"PK\x03\x04rest of a workbook", "is a workbook or an archive"),
        (b"\xff\xfen\x00a\x00", "is encoded as UTF-16"),
        (b"name\nKiln \xff Works\n", "is not UTF-8 here (byte 0xFF)"),
        (b"name;country\nKiln Works;CN\n", "New: 1."),
        (b"colour\nred\n", "has no column name"),
        (b'name\n"Kiln Works\n', "a quotation mark is missing"),
        ("name\nKiln\u202eskroW\n".encode(), "a character that turns the order of letters"),
        (b"name\n<script>alert(1)</script>\n", "2 Name name is missing"),
        (b"name\n=cmd|' /C calc'!A0\n", "New: 1."),
        (b"name,country\n", "has no row below the names of the columns"),
    ],
)
def test_hostile_files_are_told_and_do_nothing(
    browser_for: Enter, world: World, engine: Engine, content: bytes, why: str
) -> None:
    shown = look(browser_for("officer"), page_of(world), content, name="../../<b>x</b>.csv")
    assert why in words_of(shown)
    assert "<script>alert" not in shown
    assert "<b>x</b>" not in shown
    assert known(engine) == 0


def test_a_table_that_is_too_large_is_refused(
    browser_for: Enter, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table_import, "MOST_BYTES", 100)
    shown = words_of(look(browser_for("officer"), page_of(world), "name\n" + "x\n" * 100))
    assert "has more than 100 bytes; bring it in parts" in shown.lower()


def test_file_and_source_are_asked_for(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), page_of(world, "rights")
    sent = {**read_page(browser.get(page).text).sent, "source": ""}
    told = browser.flask.post(f"{page}/preview", data=sent)
    assert told.status_code == 422
    assert "choose the file" in words_of(told.text).lower()
    assert browser.get(page_of(world, "needs")).status_code == 404


def test_rights_come_in_with_their_owners(browser_for: Enter, world: World, engine: Engine) -> None:
    browser = browser_for("officer")
    works = page_of(world)
    bring(browser, works, look(browser, works, WORKS))
    page = page_of(world, "rights")
    assert page in browser.get("/rights").text
    rights = "kind,office,number,owners\ninvention,CN,ZL202110000001.2,Kiln Works 60%; Nobody 40%\n"
    assert "is not known here: Nobody" in words_of(look(browser, page, rights))
    done = bring(browser, page, look(browser, page, rights.replace("Nobody", "Nordlicht GmbH")))
    assert "CN ZL202110000001.2" in words_of(done)
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("odd", ["\\u0000", "\\ud800"])
def test_what_no_page_can_show_is_shown_as_far_as_it_goes(browser_for: Enter, world: World, odd: str) -> None:
    content = f'[{{"name": "Kiln {odd} Works", "odd {odd}": "red"}}]'
    assert "has a character that cannot be stored" in look(
        browser_for("officer"), page_of(world), content, "works.json"
    )
