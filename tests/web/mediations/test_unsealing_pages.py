"""Unsealing as people meet it: on the pages, and in notifications."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.notifications.service import tell_due
from casework.records.database import transaction
from tests.support.additions import add_unsealing
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World, today
from tests.web.mediations.notified import told

BrowserFor = Callable[[str], Browser]
REASON = "The court has asked for the dates."


pytestmark = pytest.mark.stage(play=World.new_case)


@pytest.fixture
def number(staged: str) -> str:
    return staged


@pytest.fixture
def place(number: str, browser_for: BrowserFor) -> str:
    """The address of a mediation about the case."""
    answer = browser_for("dispute_officer").post("/mediations", {"case": number}, page=f"/mediations/new?case={number}")
    return str(answer.headers["Location"])


def ask(world: World, browser: Browser, place: str, **other: str) -> str:
    page = f"{place}/unsealing"
    sent = {
        "f-reader": world.people["auditor"],
        "f-decider": world.people["compliance"],
        "f-days": "2",
        "f-reason": REASON,
        **other,
    }
    answer = browser.post(page, sent, page=page)
    return str(answer.headers.get("Location", answer.status_code))


def opening(engine: Engine) -> str:
    with transaction(engine) as db:
        return str(db.execute(text("SELECT id FROM openings ORDER BY id DESC LIMIT 1")).scalar_one())


def test_it_is_asked_for_agreed_to_read_and_ended(
    engine: Engine, world: World, place: str, browser_for: BrowserFor
) -> None:
    officer, compliance, auditor = browser_for("dispute_officer"), browser_for("compliance"), browser_for("auditor")
    assert ask(world, officer, place).startswith(place)
    assert "waits for Compliance" in officer.get(place).text
    assert auditor.get(place).status_code == 404
    page = f"/unsealings/{opening(engine)}"
    assert page in compliance.get("/decisions").text
    assert REASON in compliance.get(page).text
    assert compliance.post(page, {"f-decision": "agree"}, page=page).status_code == 303
    assert "It was opened for you to read" in auditor.get(place).text
    assert "reads it now" in officer.get(place).text
    assert "Auditor" in officer.get(place).text.split("Who has opened it")[1]
    assert compliance.get(place).status_code == 404
    assert officer.post(f"{page}/told", {"f-on": today().isoformat()}, page=place).status_code == 303
    assert "Both parties were told" in officer.get(place).text
    assert officer.post(f"{page}/end", page=place).status_code == 303
    assert auditor.get(place).status_code == 404


def test_the_second_person_has_one_button_for_each_answer_and_refuses_with_a_reason(
    engine: Engine, world: World, place: str, browser_for: BrowserFor
) -> None:
    ask(world, browser_for("dispute_officer"), place)
    page, compliance = f"/unsealings/{opening(engine)}", browser_for("compliance")
    shown = compliance.get(page).text
    assert [part.split('"')[0] for part in shown.split('name="f-decision" value="')[1:]] == ["agree", "refuse"]
    for words in ("What is asked", REASON, "What changes", "is notified, with your reason", "Evidence"):
        assert words in shown
    unsaid = compliance.post(page, {"f-note": "Hm."}, page=page)
    assert (unsaid.status_code, "Press one of the buttons." in unsaid.text) == (422, True)
    bare = compliance.post(page, {"f-decision": "refuse"}, page=page)
    assert bare.status_code == 422
    assert 'id="f-note-fault"' in bare.text
    sent = dict(read_page(compliance.get(page).text).sent) | {"f-decision": "refuse", "f-note": "Not now."}
    answers = [compliance.flask.post(page, data=sent) for _ in range(2)]
    assert [(one.status_code, one.headers["Location"]) for one in answers] == [(303, "/decisions")] * 2
    assert compliance.flask.post(page, data=sent | {"key": "another-key-of-this-form"}).status_code == 404
    assert browser_for("auditor").get(place).status_code == 404


def test_its_reader_finds_nothing_to_press(engine: Engine, world: World, place: str, browser_for: BrowserFor) -> None:
    ask(world, browser_for("dispute_officer"), place)
    page = f"/unsealings/{opening(engine)}"
    browser_for("compliance").post(page, {"f-decision": "agree"}, page=page)
    auditor = browser_for("auditor")
    shown = auditor.get(place).text.split("<main")[1].split("</main>")[0]
    assert '<form method="post"' not in shown
    assert "btn-primary" not in shown
    assert auditor.get(f"{place}/messages").status_code == 200
    assert auditor.get(f"{place}/unsealing").status_code == 404


def test_what_was_typed_stands_there_again(world: World, place: str, browser_for: BrowserFor) -> None:
    officer = browser_for("dispute_officer")
    assert ask(world, officer, place, **{"f-days": "99"}) == "422"
    assert officer.last is not None
    assert REASON in officer.last.text


def main(browser: Browser) -> str:
    return browser.get("/decisions").text.split("<main")[1].split("</main>")[0]


def test_nobody_else_learns_that_it_was_asked_for(
    engine: Engine, world: World, place: str, browser_for: BrowserFor
) -> None:
    for other in ("second_compliance", "supervisor"):
        browser = browser_for(other)
        before = main(browser)
        ask(world, browser_for("dispute_officer"), place, **{"f-reader": world.people["manager"]})
        assert main(browser) == before
        assert browser.get(f"/unsealings/{opening(engine)}").status_code == 404


def test_the_second_person_is_told_at_once_and_nobody_else(
    engine: Engine, world: World, place: str, browser_for: BrowserFor
) -> None:
    mediation = place.rsplit("/", 1)[1]
    told(engine, world)
    with transaction(engine) as db:
        db.execute(text("DELETE FROM notifications"))
        add_unsealing(db, world, mediation, "auditor")
    assert told(engine, world) == {"compliance": ["decision"]}
    with transaction(engine) as db:
        (link,) = db.execute(text("SELECT id FROM notifications")).scalars()
    assert (
        browser_for("compliance").get(f"/notifications/{link}").headers["Location"] == f"/unsealings/{opening(engine)}"
    )


def test_who_agreed_and_who_reads_are_told(engine: Engine, world: World, place: str, browser_for: BrowserFor) -> None:
    ask(world, browser_for("dispute_officer"), place)
    page = f"/unsealings/{opening(engine)}"
    told(engine, world)
    with transaction(engine) as db:
        db.execute(text("DELETE FROM notifications"))
    browser_for("compliance").post(page, {"f-decision": "agree"}, page=page)
    assert told(engine, world) == {"dispute_officer": ["readers"], "auditor": ["readers"]}
    auditor = browser_for("auditor")
    with transaction(engine) as db:
        (link,) = db.execute(
            text("SELECT id FROM notifications WHERE person_id = CAST(:p AS uuid)"), {"p": world.people["auditor"]}
        ).scalars()
    assert auditor.get(f"/notifications/{link}").headers["Location"] == place


def test_a_mail_of_it_says_neither_case_nor_parties(engine: Engine, world: World, place: str, number: str) -> None:
    with transaction(engine) as db:
        add_unsealing(db, world, place.rsplit("/", 1)[1], "auditor")
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        assert db.execute(text("SELECT sealed FROM mails WHERE kind = 'decision'")).scalars().all() == [True]
