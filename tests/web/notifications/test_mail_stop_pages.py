"""A link in a mail that stops such mails without an account: opened it changes nothing, sent it stops, whoever sends it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.saved_views import save_view
from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.notifications.mail_stops import FIGURES, ONE_SEARCH, stop_path
from casework.records.database import transaction
from tests.operations.oversight.test_figure_mails import ask_for, keep
from tests.support.web_client import Browser
from tests.support.world import World, new_request
from tests.web.cases.two_cases import words_of

COUNT = text("SELECT count(*) FROM figure_mails")


@pytest.fixture
def link(app: Flask, world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        subscription = ask_for(db, world, "officer", keep(db, world, "officer"))
    return stop_path(app.extensions["casework.secret_box"], FIGURES, subscription)


def count(engine: Engine) -> int:
    with transaction(engine) as db:
        return int(db.execute(COUNT).scalar_one())


def test_the_page_asks_first_and_its_button_stops(app: Flask, engine: Engine, link: str) -> None:
    client = app.test_client()
    for method in (client.get, client.head):
        assert method(link).status_code == 200
    assert count(engine) == 1
    asked = words_of(client.get(link).text)
    assert "Stop these mails?" in asked
    # Nothing of the view and of whose it is.
    assert "Officer" not in asked
    said = client.post(link)
    assert (said.status_code, "Set-Cookie" in said.headers) == (200, False)
    assert "These mails are stopped" in said.text
    assert count(engine) == 0
    assert "不再以邮件发给您" in client.get(link, headers={"Accept-Language": "zh-CN"}).text


def test_a_mail_program_stops_them_with_one_click_and_no_page(app: Flask, engine: Engine, link: str) -> None:
    for _ in range(2):
        answer = app.test_client().post(link, data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert count(engine) == 0


def test_any_other_secret_is_answered_as_what_there_is_not(app: Flask, engine: Engine, link: str) -> None:
    client, (place, _, secret) = app.test_client(), link.rpartition("/")
    nobody = "/stop-mails/00000000-0000-4000-8000-000000000000"
    for wrong in (f"{place}/{secret[:-1]}", f"{nobody}/{secret}", f"{place}/x"):
        assert [client.get(wrong).status_code, client.post(wrong).status_code] == [404, 404]
    assert count(engine) == 1


def test_a_page_elsewhere_sends_nothing(app: Flask, engine: Engine, link: str) -> None:
    answer = app.test_client().post(link, headers={"Origin": "https://elsewhere.example"})
    assert (answer.status_code, count(engine)) == (400, 1)


def test_whoever_tries_too_often_waits(app: Flask, link: str) -> None:
    client = app.test_client()
    tried = [client.get(f"{link}x").status_code for _ in range(ALLOWANCES["mail_stop"].most + 1)]
    assert (set(tried[:-1]), tried[-1]) == ({404}, 429)


# --- a saved search ----------------------------------------------------------------------------------------------------


@pytest.fixture
def search(world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        given: dict[str, Any] = {"name": "Pumps of Wang", "query": "q=heat+pump", "request": new_request()}
        return str(save_view(db, world.actor(db, "officer"), "technologies", **given).answer["id"])


def goes(engine: Engine) -> list[bool]:
    with transaction(engine) as db:
        return list(db.execute(text("SELECT mailed FROM saved_views")).scalars())


@pytest.mark.parametrize(
    ("language", "asks", "stopped", "again"),
    [
        ("en", "Stop these mails?", "These mails are stopped", "To get these mails again"),
        ("zh-CN", "不再接收这些邮件？", "这些邮件已停发", "如需再次接收"),
    ],
)
def test_the_link_of_a_search_asks_first_and_its_button_stops(
    app: Flask, engine: Engine, search: str, language: str, asks: str, stopped: str, again: str
) -> None:
    client, headers = app.test_client(), {"Accept-Language": language}
    link = stop_path(app.extensions["casework.secret_box"], ONE_SEARCH, search)
    for method in (client.get, client.head, client.get):
        assert method(link, headers=headers).status_code == 200
    assert goes(engine) == [True]
    page = client.get(link, headers=headers).text
    assert asks in page
    # Nothing of the search and of whose it is.
    assert "Wang" not in page
    assert "heat" not in words_of(page)
    said = client.post(link, headers=headers, data={"List-Unsubscribe": "One-Click"})
    assert said.status_code == 200
    for words in (stopped, again):
        assert words in said.text
    assert goes(engine) == [False]


def test_who_stopped_a_search_starts_it_again_where_the_page_says(
    app: Flask, engine: Engine, search: str, browser_for: Callable[[str], Browser]
) -> None:
    app.test_client().post(stop_path(app.extensions["casework.secret_box"], ONE_SEARCH, search))
    browser, page = browser_for("officer"), f"/views/{search}"
    assert "Pumps of Wang" in browser.get("/technologies?q=heat+pump").text
    box = browser.get(page).text.partition('name="mailed"')[2].partition(">")[0]
    assert box.strip() == 'value="yes"'
    browser.post(page, {"name": "Pumps of Wang", "shared_with": ""})
    assert goes(engine) == [False]
    browser.post(page, {"name": "Pumps of Wang", "shared_with": "", "mailed": "yes"})
    assert goes(engine) == [True]
    assert 'value="yes" checked' in browser.get(page).text


def test_a_view_of_another_list_asks_for_no_mails(
    world: World, engine: Engine, browser_for: Callable[[str], Browser]
) -> None:
    with transaction(engine) as db:
        given: dict[str, Any] = {"name": "Late", "query": "overdue=yes", "request": new_request()}
        view = save_view(db, world.actor(db, "officer"), "cases", **given).answer["id"]
    browser = browser_for("officer")
    assert 'name="mailed"' not in browser.get(f"/views/{view}").text
    assert browser.post(f"/views/{view}", {"name": "Late ones", "shared_with": ""}).status_code == 303
    assert goes(engine) == [True]
