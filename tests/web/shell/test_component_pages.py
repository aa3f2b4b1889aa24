"""The page of components shows each macro that pages are made of, and each picture of the rail is drawn."""

from __future__ import annotations

import re
from collections.abc import Callable
from importlib.resources import files

from casework.web.shell.navigation import ENTRIES
from tests.support.web_client import Browser

MACROS = files("casework.templates").joinpath("macros")
#: Parts of the frame, which every page shows, and small words within others.
FRAME = {
    "_ways", "account_menu", "breadcrumb", "capped", "column_head", "flashes", "hidden", "programmes", "sprite", "switches",
    "take_next",
}  # fmt: skip


def test_each_macro_of_the_design_system_is_shown() -> None:
    page = files("casework.templates").joinpath("shell", "components.html").read_text("utf-8")
    for name in ("layout", "people", "tables", "icons"):
        for macro in re.findall(r"{% macro (\w+)\(", MACROS.joinpath(f"{name}.html").read_text("utf-8")):
            assert macro in FRAME or re.search(rf"\b{macro}\(", page), f"{macro} is not on the page of components"


def test_an_administrator_sees_how_pages_are_made_and_nobody_else(browser_for: Callable[[str], Browser]) -> None:
    for who in ("provider", "officer", "auditor"):
        assert browser_for(who).get("/components").status_code == 404
    page = browser_for("administrator").get("/components").text
    for name in ("btn-primary", "btn-danger", "tag danger", "note warn", "menu-sheet", "stackable", "feed", "faults"):
        assert f'class="{name}' in page or f'class="btn {name}' in page, name


def test_each_picture_of_the_rail_is_drawn() -> None:
    drawn = set(re.findall(r'^  "(\w+)": "', MACROS.joinpath("icons.html").read_text("utf-8"), re.MULTILINE))
    assert {entry.icon for entry in ENTRIES} <= drawn
