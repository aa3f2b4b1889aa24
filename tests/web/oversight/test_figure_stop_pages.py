"""A link in a mail of figures that stops it without an account: opened it changes nothing, sent it stops, whoever sends it."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.core.rate_limits import ALLOWANCES
from casework.operations.oversight.figure_stops import stop_path
from casework.records.database import transaction
from tests.operations.oversight.test_figure_mails import ask_for, keep
from tests.support.world import World
from tests.web.cases.two_cases import words_of

COUNT = text("SELECT count(*) FROM figure_mails")


@pytest.fixture
def link(app: Flask, world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        subscription = ask_for(db, world, "officer", keep(db, world, "officer"))
    return stop_path(app.extensions["casework.secret_box"], subscription)


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
