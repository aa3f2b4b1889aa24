"""The follow-up on the front pages and in its list, and links that are mailed to several parties at once."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.followed import add_contact, ask_now, closed_case, record
from tests.support.web_client import Browser
from tests.support.world import World

Enter = Callable[[str], Browser]


@pytest.fixture(autouse=True)
def _mails_go_out(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAILING", True)


@pytest.fixture
def asked(engine: Engine, world: World) -> tuple[str, str]:
    """A closed case whose first question is asked now, beside one that was answered; gives the first's number and task."""
    with transaction(engine) as db:
        _, answered = closed_case(world, db)
        ask_now(world, db, answered[0])
        record(world, db, answered[0], "yes")
        number, tasks = closed_case(world, db)
        ask_now(world, db, tasks[0])
        return number, tasks[0]


@pytest.mark.parametrize(("name", "page"), [("officer", "/"), ("supervisor", "/"), ("manager", "/cases")])
def test_the_rate_stands_on_the_front_page_with_the_way_to_the_list(
    browser_for: Enter, asked: tuple[str, str], name: str, page: str
) -> None:
    shown = browser_for(name).get(page).text
    sheet = re.search(r'<section class="sheet [^"]*" id="follow-up-rate".*?</section>', shown, re.S)
    assert sheet is not None
    assert "1 of 1" in sheet[0]
    assert 'href="/follow-ups"' in sheet[0]


@pytest.mark.parametrize(("name", "page"), [("compliance", "/"), ("officer", "/cases"), ("foreign_officer", "/")])
def test_elsewhere_and_for_others_it_does_not(browser_for: Enter, asked: tuple[str, str], name: str, page: str) -> None:
    assert 'id="follow-up-rate"' not in browser_for(name).get(page).text


def test_the_list_names_the_cases_to_ask_and_who_only_reads_asks_nobody(
    browser_for: Enter, asked: tuple[str, str]
) -> None:
    number, task = asked
    browser = browser_for("officer")
    page = browser.get("/follow-ups").text
    assert number in page
    assert f'value="{task}"' in page
    read = browser_for("auditor").get("/follow-ups").text
    assert number in read
    assert f'value="{task}"' not in read
    assert number not in browser.get("/follow-ups?tab=silent").text


def test_links_are_tried_first_and_then_mailed(
    browser_for: Enter, engine: Engine, world: World, asked: tuple[str, str]
) -> None:
    number, task = asked
    with transaction(engine) as db:
        add_contact(world, db)
    browser = browser_for("officer")
    form = {"task": task, "party": "need_owner"}
    tried = browser.post("/follow-ups", form, page="/follow-ups")
    assert "Nothing was done yet." in tried.text
    assert "Mail one link" in tried.text
    count = text("SELECT count(*) FROM party_links")
    with transaction(engine) as db:
        assert db.execute(count).scalar_one() == 0
    sent = browser.post("/follow-ups", form | {"sure": "yes"}, page="/follow-ups")
    assert "Done for 1 of 1 cases." in sent.text
    with transaction(engine) as db:
        assert db.execute(count).scalar_one() == 1
    assert "sent, not answered yet" in browser.get("/follow-ups").text


def test_whoever_selects_nobody_is_told_so(browser_for: Enter, asked: tuple[str, str]) -> None:
    browser = browser_for("officer")
    refused = browser.post("/follow-ups", {"party": "need_owner"}, page="/follow-ups")
    assert refused.status_code == 422
    assert "Select one case at least" in refused.text
