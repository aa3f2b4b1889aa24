"""A party without an account on the pages of its link: it reads the story, says yes or no once, and withdraws."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.operations.people.test_public_catalogues import show
from tests.support.file_makers import png
from tests.support.stories import asked, published, written
from tests.support.web_client import Browser
from tests.support.world import World

FORM = "/story/form"


@pytest.fixture
def secret(app: Flask, engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        number = written(db, world)
        return asked(db, world, number, "need_owner", app.extensions["casework.secret_box"])[1]


def land(browser: Browser, secret: str) -> int:
    return browser.post("/story", {"secret": secret}, page="/story").status_code


def test_it_reads_the_story_and_says_yes_once(anonymous: Browser, secret: str) -> None:
    assert land(anonymous, secret) == 303
    page = anonymous.get(FORM).text
    for words in ('lang="zh-Hans"', "请看。", "锅炉已投运。"):
        assert words in page
    refused = anonymous.post(FORM, {"f-consents": "yes", "f-words": "谢谢你们。"}, page=FORM)
    assert (refused.status_code, "谢谢你们。" in refused.text) == (422, True)
    after = anonymous.post(FORM, {"f-consents": "yes", "f-by": "周敏"}, page=FORM, follow=True).text
    assert "/story/withdraw" in after
    again = anonymous.post(FORM, {"f-consents": "no", "f-by": "周敏"}, page=FORM, follow=True).text
    assert "/story/withdraw" in again
    gone = anonymous.post("/story/withdraw", {}, page=FORM, follow=True).text
    assert "/story/withdraw" not in gone
    assert "锅炉已投运。" not in gone


def test_what_is_typed_stands_there_again(anonymous: Browser, secret: str) -> None:
    land(anonymous, secret)
    kept = anonymous.post("/story/draft", {"f-words": "半句话"}, page=FORM, headers={"X-Casework": "script"})
    assert kept.status_code == 204
    assert "半句话" in anonymous.get(FORM).text


@pytest.mark.parametrize("path", [FORM, "/story/draft", "/story/withdraw"])
def test_without_a_link_there_is_nothing(anonymous: Browser, path: str) -> None:
    assert land(anonymous, "x" * 43) == 404
    assert anonymous.post(path, {"f-by": "x"}, page="/story", follow=True).status_code == 404
    for page in (FORM, "/story/picture"):
        assert anonymous.get(page).status_code == 404


def test_whoever_withdraws_takes_the_story_down(app: Flask, engine: Engine, world: World, anonymous: Browser) -> None:
    with transaction(engine) as db:
        show(db, world, results=True)
        _, said = published(db, world, app.extensions["casework.secret_box"])
    land(anonymous, said["technology_owner"][1])
    assert anonymous.get("/story/picture").data == png(1, 1)
    assert "秸秆制汽" in anonymous.get("/results?language=zh-Hans").text
    anonymous.post("/story/withdraw", {}, page=FORM)
    assert "秸秆制汽" not in anonymous.get("/results?language=zh-Hans").text
    assert anonymous.get("/story/picture").status_code == 404
