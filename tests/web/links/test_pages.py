"""Asking a party by a link on the office's pages: the form, what is shown once, and the list."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue.kept_records import set_owner
from casework.operations.catalogue.organisations import keep_row
from casework.operations.people.registry import register_organisation
from casework.records.database import transaction
from tests.operations.links.scene import task_of_consent, to_consent
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]
HAND = {"party": "need_owner", "way": "hand", "language": "zh-Hans", "days": "14"}


@pytest.fixture
def task(engine: Engine, world: World) -> str:
    with transaction(engine) as db:
        return task_of_consent(db, to_consent(world, db))


def test_all_that_is_missing_is_told_at_once(browser_for: BrowserFor, task: str) -> None:
    page = f"/tasks/{task}/link"
    refused = browser_for("officer").post(page, HAND | {"party": "", "way": "mail"}, page=page)
    assert refused.status_code == 422
    assert ["party-fault" in refused.text, "address-fault" in refused.text] == [True, True]


def organisation_of(db: Connection, task: str) -> str:
    """The need owner of the case of a task."""
    found = text(
        "SELECT c.parties->>'need_owner' FROM tasks t JOIN cases c ON c.id = t.log_id WHERE t.id = CAST(:id AS uuid)"
    )
    return str(db.execute(found, {"id": task}).scalar_one())


def test_the_page_of_the_task_leads_there(browser_for: BrowserFor, task: str) -> None:
    assert f"/tasks/{task}/link" in browser_for("officer").get(f"/tasks/{task}").text
    assert f"/tasks/{task}/link" not in browser_for("auditor").get(f"/tasks/{task}").text


def test_the_page_of_the_task_offers_three_ways_and_says_that_a_link_is_out(browser_for: BrowserFor, task: str) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}"
    shown = browser.get(page).text
    assert [words in shown for words in ("Ask by link", "Ask by letter", "Enter their answer")] == [True] * 3
    assert "/letters/new?kind=invitation&amp;to=need_owner" in shown
    assert '<details class="more"><summary>Enter their answer' in shown
    assert "A link is out" not in shown
    told = browser.post(f"{page}/link", HAND | {"way": "mail", "address": "zhang@boiler.example"}, page=f"{page}/link")
    assert "/letters/new?kind=invitation&amp;to=need_owner" in told.text
    shown = browser.get(page).text
    assert "A link is out: " in shown
    assert "zhang@boiler.example" in shown
    assert "Renew" in shown
    assert "Ask by link" not in shown
    revoke = re.search(r"/links/[\w-]+/revoke", shown)
    assert revoke is not None
    browser.post(revoke[0], page=page)
    assert "A link is out" not in browser.get(page).text


def test_the_link_of_a_former_owner_says_that_it_opens_nothing(
    browser_for: BrowserFor, engine: Engine, world: World, task: str
) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}/link"
    browser.post(page, HAND, page=page)
    assert "not answered yet" in browser.get(page).text
    with transaction(engine) as db:
        row = db.execute(
            text(
                "SELECT c.need_id::text AS need, c.programme_id::text AS programme FROM tasks t JOIN cases c ON c.id = t.log_id"
                " WHERE t.id = CAST(:id AS uuid)"
            ),
            {"id": task},
        ).one()
        owner = register_organisation(db, name="Another Works", country="CN", programme=row.programme)
        officer, reason = world.actor(db, "officer"), "The record named the wrong works."
        set_owner(db, officer, "need", row.need, organisation=owner, reason=reason, request=new_request())
    shown = browser.get(page).text
    assert "no longer a party" in shown
    assert "not answered yet" not in shown
    assert "/revoke" not in shown
    # Nor is it told to be out: the owner of now is asked anew.
    shown = browser.get(f"/tasks/{task}").text
    assert "A link is out" not in shown
    assert "Ask by link" in shown


def test_the_contact_on_record_and_the_day_of_the_task_fill_the_form_and_its_draft_is_kept(
    browser_for: BrowserFor, engine: Engine, world: World, task: str
) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}/link"
    with transaction(engine) as db:
        due = db.execute(
            text("SELECT CAST(due_at - casework_now() AS interval) FROM tasks WHERE id = :id"), {"id": task}
        ).scalar_one()
        officer = world.actor(db, "officer")
        for name, mail, language in (("Zhang Wei", "zhang@boiler.example", "zh"), ("Ms Li", "li@boiler.example", "en")):
            fields = {"name": name, "email": mail, "language": language}
            owner = organisation_of(db, task)
            keep_row(db, officer, owner, "contacts", None, fields=fields, source="A call", request=new_request())
    sent = read_page(browser.get(page).text).sent
    assert 1 <= int(sent["days"]) <= min(14, due.days + 1)
    assert sent["address"] == ""
    contact = re.search(r"link\?contact=([\w-]+)\">Ask Zhang Wei", browser.get(page).text)
    assert contact is not None
    sent = read_page(browser.get(f"{page}?contact={contact[1]}").text).sent
    assert [sent[name] for name in ("party", "way", "address", "name", "language")] == [
        "need_owner",
        # No mail goes from here: it is handed over.
        "hand",
        "zhang@boiler.example",
        "Zhang Wei",
        "zh-Hans",
    ]
    # What was typed is there again, until the link is given.
    draft = {"form": f"link:{task}", "name": "Mr Zhao", "days": "3", "way": "hand", "party": "need_owner"}
    assert browser.post("/drafts", draft, page=page).status_code == 204
    again = browser.get(page).text
    assert (read_page(again).sent["name"], read_page(again).sent["days"]) == ("Mr Zhao", "3")
    assert "This is the text that you had not sent." in again
    assert read_page(browser.get(f"{page}?contact={contact[1]}").text).sent["name"] == "Zhang Wei"
    browser.post(page, HAND, page=page)
    assert "Mr Zhao" not in browser.get(page).text


@pytest.mark.parametrize("mailing", [True, False])
def test_where_no_mail_goes_it_is_said_once_and_the_link_is_handed_over(
    browser_for: BrowserFor, task: str, mailing: bool
) -> None:
    browser, page = browser_for("officer"), f"/tasks/{task}/link"
    browser.flask.application.config["MAILING"] = mailing
    assert read_page(browser.get(page).text).sent["way"] == ("mail" if mailing else "hand")
    told = browser.post(page, HAND | {"way": "mail", "address": "zhang@boiler.example"}, page=page).text
    assert ("The mail with the link goes to zhang@boiler.example now." in told) == mailing
    assert ("so the mail to zhang@boiler.example waits until there is one" in told) == (not mailing)


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
