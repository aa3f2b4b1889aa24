"""The table of keys is what the page says and what the script does, and single letters can be switched off."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

from casework.web.shell.shortcut_pages import SHORTCUTS
from tests.support.web_client import Browser

BrowserFor = Callable[[str], Browser]


def test_the_page_names_every_key(browser_for: BrowserFor) -> None:
    page = browser_for("officer").get("/keys").text
    for shortcut in SHORTCUTS:
        for key in shortcut.keys:
            assert f"<kbd>{key}</kbd>" in page


def test_the_script_gets_the_list_alone(browser_for: BrowserFor) -> None:
    page = browser_for("officer").get("/keys", headers={"X-Casework": "script"}).text
    assert "<html" not in page
    assert page.count("<dt>") == len(SHORTCUTS)


def test_the_script_knows_these_single_keys_and_no_others() -> None:
    script = files("casework.web").joinpath("static", "keys.js").read_text("utf-8")
    done = script.partition("const DO = {")[2].partition("\n  };")[0]
    known = set(re.findall(r'^    "?(.)"?: ', done, re.MULTILINE))
    assert known == {shortcut.keys[0] for shortcut in SHORTCUTS if len(shortcut.keys) == 1}
    went = set(re.findall(r'"(\w)"', script.partition("const GO = {")[2].partition("}")[0]))
    assert went == {shortcut.keys[1] for shortcut in SHORTCUTS if shortcut.keys[0] == "g"}


def test_single_letters_are_switched_off_in_the_account(browser_for: BrowserFor) -> None:
    officer = browser_for("officer")
    assert 'data-keys="on"' in officer.get("/account").text
    officer.post("/account/preferences", {"single_keys": "false"})
    assert 'data-keys="off"' in officer.get("/account").text
    assert officer.post("/account/preferences", {"single_keys": "perhaps"}).status_code == 422
    officer.post("/account/preferences", {"single_keys": "true"})
    assert 'data-keys="on"' in officer.get("/account").text
