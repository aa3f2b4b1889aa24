"""Asking a party by a link on the office's pages: the form, what is shown once, and the list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.operations.links.scene import task_of_consent, to_consent
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]
HAND = {"party": "need_owner", "way": "hand", "language": "zh-Hans", "days": "14"}


@pytest.fixture
def task(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return task_of_consent(db, to_consent(world, db))


def test_the_page_of_the_task_leads_there(browser_for: BrowserFor, task: str) -> None:
    assert f"/tasks/{task}/link" in browser_for("officer").get(f"/tasks/{task}").text
    assert f"/tasks/{task}/link" not in browser_for("auditor").get(f"/tasks/{task}").text


def test_link_and_code_are_shown_once(browser_for: BrowserFor, task: str) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}/link"
    told = browser.post(page, HAND | {"code": "yes", "key": "once-and-not-a-second-time"}, page=page)
    assert told.status_code == 200
    assert re.search(r'value="http[^"]+/answer#[\w-]{43}"', told.text)
    assert re.search(r'class="code-told">\d{4} \d{4}<', told.text)
    again = browser.post(page, HAND | {"code": "yes", "key": "once-and-not-a-second-time"})
    assert "answer#" not in again.text
    assert "code-told" not in again.text
    assert "not answered yet" in browser.get(page).text
    assert "answer#" not in browser.get(page).text


def test_a_mailed_link_is_not_shown_to_the_office(browser_for: BrowserFor, task: str) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}/link"
    told = browser.post(page, HAND | {"way": "mail", "address": "zhang@boiler.example", "code": "yes"}, page=page).text
    assert "zhang@boiler.example" in told
    assert "code-told" in told
    assert "answer#" not in told
    assert "Link for a party" in browser_for("administrator").get("/administration/mails").text


@pytest.mark.parametrize(
    ("wrong", "marked"),
    [
        ({"party": "technology_owner"}, "party-fault"),
        ({"party": "nobody"}, "party-fault"),
        ({"way": "post"}, "way-fault"),
        ({"way": "mail", "address": ""}, "address-fault"),
        ({"way": "mail", "address": "no address"}, "address-fault"),
        ({"days": "0"}, "days-fault"),
        ({"days": "91"}, "days-fault"),
        ({"days": "soon"}, "days-fault"),
        ({"language": "tlh"}, "language-fault"),
        ({"providers": "00000000-0000-0000-0000-000000000000"}, "providers-fault"),
        ({"documents-need_owner": "00000000-0000-0000-0000-000000000000"}, "Nothing is recorded yet"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    browser_for: BrowserFor, task: str, wrong: dict[str, str], marked: str
) -> None:
    page = f"/tasks/{task}/link"
    answer = browser_for("officer").post(page, HAND | wrong, page=page)
    assert answer.status_code == 422
    assert marked in answer.text


def test_a_withdrawn_link_opens_nothing(browser_for: BrowserFor, anonymous: Browser, task: str) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}/link"
    told = browser.post(page, HAND, page=page).text
    secret = re.search(r"/answer#([\w-]+)", told)
    assert secret is not None
    revoke = re.search(r"/links/[\w-]+/revoke", browser.get(page).text)
    assert revoke is not None
    assert browser.post(revoke[0], page=page).status_code == 303
    gone = anonymous.post("/answer", {"secret": secret[1]}, page="/answer")
    assert gone.status_code == 404
    assert "withdrawn" in gone.text
