"""An enterprise without an account on the pages of its link: it states its need, is asked back, and reads what became of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.catalogue import need_statements
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World, new_request

FORM = "/state-need/form"
NEED = {
    "f-title": "利用余热供热", "f-problem": "二十兆瓦数据中心全年排出余热。", "f-tried": "蓄热水箱", "f-site": "昌平", "f-by": "周敏",
    "f-publication": "closed", "f-figures.0.f-parameter": "供水温度", "f-figures.0.f-unit": "°C", "f-figures.0.f-now": "30",
    "f-figures.0.f-comparison": "at_least", "f-figures.0.f-target": "70",
}  # fmt: skip
Enter = Callable[[str], Browser]


@pytest.fixture
def link(app: Flask, engine: Engine, world: World) -> tuple[str, str]:
    """An enterprise is invited, in Chinese: (the statement, the secret of its link)."""
    with transaction(engine) as db:
        done = need_statements.invite(
            db,
            world.actor(db, "officer"),
            app.extensions["casework.secret_box"],
            programme=world.programmes["BJ"],
            organisation=world.organisations["need_owner"],
            address="",
            language="zh-Hans",
            request=new_request(),
        )
    return str(done.answer["id"]), str(done.answer["path"]).partition("#")[2]


def land(browser: Browser, secret: str) -> int:
    """As the page does where the link leads: what stands behind the mark is sent by its form."""
    return browser.post("/state-need", {"secret": secret}, page="/state-need").status_code


def test_it_states_its_need_is_asked_back_and_reads_what_became_of_it(
    anonymous: Browser, browser_for: Enter, link: tuple[str, str], engine: Engine
) -> None:
    statement, secret = link
    assert land(anonymous, secret) == 303
    page = anonymous.get(FORM).text
    assert 'lang="zh-Hans"' in page
    assert "填写技术需求" in page
    wrong = anonymous.post(FORM, NEED | {"f-title": ""}, page=FORM)
    assert (wrong.status_code, "蓄热水箱" in wrong.text) == (422, True)
    assert anonymous.post(FORM, NEED, page=FORM).status_code == 303
    assert "已收到" in anonymous.get(FORM).text
    officer, at = browser_for("officer"), f"/needs/stated/{statement}"
    shown = officer.get(at).text
    assert "利用余热供热" in shown
    assert "供水温度" in shown
    assert "利用余热供热" in officer.get("/needs/stated").text
    assert officer.post(f"{at}/ask", {"question": "多少兆瓦？"}, page=at).status_code == 303
    again = anonymous.get(FORM).text
    assert "多少兆瓦？" in again
    assert "蓄热水箱" in again
    assert anonymous.post(FORM, NEED | {"f-target": "冬季八兆瓦"}, page=FORM).status_code == 303
    done = officer.post(f"{at}/accept", {}, page=at, follow=True)
    assert "冬季八兆瓦" in done.text
    assert "The need is on record." in done.text
    assert "已采纳" in anonymous.get(FORM).text
    # A closed need: whoever may not see it finds nothing.
    with transaction(engine) as db:
        need_id = db.execute(text("SELECT need_id FROM need_statements")).scalar_one()
    assert [browser_for(who).get(f"/needs/{need_id}").status_code for who in ("auditor", "manager")] == [200, 404]


def test_what_is_typed_is_kept_without_a_click_and_stands_there_again(
    anonymous: Browser, link: tuple[str, str]
) -> None:
    land(anonymous, link[1])
    kept = anonymous.post("/state-need/draft", {"f-title": "半句话"}, page=FORM, headers={"X-Casework": "script"})
    assert kept.status_code == 204
    assert "半句话" in anonymous.get(FORM).text
    other = Browser(anonymous.flask.application.test_client())
    assert other.get(FORM).status_code == 404
    assert land(other, link[1]) == 303
    assert "半句话" in other.get(FORM).text


def test_a_need_is_taken_back(anonymous: Browser, link: tuple[str, str]) -> None:
    land(anonymous, link[1])
    anonymous.post(FORM, NEED, page=FORM)
    assert anonymous.post("/state-need/withdraw", {}, page=FORM).status_code == 303
    assert "已撤回" in anonymous.get(FORM).text or "撤回" in anonymous.get(FORM).text
    assert anonymous.post(FORM, NEED, page=FORM).status_code == 404


@pytest.mark.parametrize("path", ["/state-need/form", "/state-need/draft", "/state-need/withdraw"])
def test_without_a_link_there_is_nothing(anonymous: Browser, link: tuple[str, str], path: str) -> None:
    assert land(anonymous, "x" * 43) == 404
    assert anonymous.post(path, NEED, page="/state-need").status_code == 404
    assert anonymous.get(FORM).status_code == 404
