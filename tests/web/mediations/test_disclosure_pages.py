"""Unsealing and the emergency as people meet them: on the pages, in notifications, and over the API."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.auth.passwords import hash_password
from casework.operations.core.actions import home_of
from casework.operations.notifications.service import tell_due
from casework.operations.people.registry import register_person
from casework.operations.people.role_requests import ask_role, decide_role
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World, add_unsealing, new_request, today

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


def told(engine: Engine, world: World) -> dict[str, list[str]]:
    """The kinds of notice that each person has got."""
    tell_due(engine, mailing=True)
    with transaction(engine) as db:
        rows = db.execute(
            text("SELECT person_id::text, kind FROM notifications WHERE mail_id IS NOT NULL ORDER BY at, id")
        ).all()
    names = {id: name for name, id in world.people.items()}
    found: dict[str, list[str]] = {}
    for person, kind in rows:
        found.setdefault(names[person], []).append(kind)
    return found


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


# --- in an emergency -------------------------------------------------------------------------------------------------


def smash(browser: Browser, number: str, **other: str) -> int:
    sent = {"case": number, "f-reason": "All officers are in the accident.", "sure": "yes", **other}
    return browser.post("/emergency", sent, page=f"/emergency?case={number}").status_code


def test_an_administrator_reads_a_case_after_saying_why_and_being_sure(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("administrator")
    assert browser.get(f"/cases/{number}").status_code == 404
    page = browser.get(f"/emergency?case={number}").text
    assert "All supervisors and auditors of the programme are told at once" in page
    assert smash(browser, number, sure="") == 422
    assert smash(browser, number, **{"f-reason": ""}) == 422
    assert browser.get(f"/cases/{number}").status_code == 404
    assert smash(browser, number) == 303
    assert browser.get(f"/cases/{number}").status_code == 200
    assert browser.get(f"/cases/{number}/history").status_code == 200
    assert browser.get(f"/cases/{number}/documents").status_code == 200


def test_supervisors_auditors_and_the_cases_owner_are_told_at_once(
    engine: Engine, world: World, number: str, browser_for: BrowserFor
) -> None:
    told(engine, world)
    with transaction(engine) as db:
        db.execute(text("DELETE FROM notifications"))
    smash(browser_for("administrator"), number)
    found = told(engine, world)
    assert {name for name, kinds in found.items() if kinds == ["emergency"]} >= {
        "supervisor",
        "second_supervisor",
        "auditor",
    }
    assert "administrator" not in found
    assert not {"provider", "foreign_officer", "dispute_officer", "observer"} & found.keys()


def test_an_emergency_names_who_made_whom(engine: Engine, world: World, number: str, browser_for: BrowserFor) -> None:
    """On the page before, in the history and in the notification: the role was asked for by one and agreed to by another."""
    with transaction(engine) as db:
        person = register_person(
            db, email="anton@example.org", name="Anton Zweit", password_hash=hash_password(world.password)
        )
        world.people["anton"] = person
        asked = ask_role(
            db, person, "administrator", programme=world.programmes["BJ"], by=world.people["administrator"]
        )
        decide_role(db, world.actor(db, "supervisor"), asked, agree=True, note="", request=new_request())
    browser = browser_for("anton")
    made = "asked for by Administrator, agreed to by Supervisor"
    assert made in browser.get(f"/emergency?case={number}").text
    assert smash(browser, number) == 303
    said = "Anton Zweit opened the case in an emergency, to read it; the role was asked for by Administrator and agreed to by Supervisor"
    assert said in browser_for("auditor").get(f"/cases/{number}/history").text
    assert said in browser_for("supervisor").get(f"/cases/{number}").text
    tell_due(engine, mailing=False)
    page = browser_for("auditor").get("/notifications").text
    assert "by Anton Zweit; the role was asked for by Administrator and agreed to by Supervisor" in page
    with transaction(engine) as db:
        assert verify_case(db, home_of(db, number)) == []


def test_an_administrator_from_the_command_line_is_named_so(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("administrator")
    assert "given by the command line alone" in browser.get(f"/emergency?case={number}").text
    assert smash(browser, number) == 303
    assert (
        "; the role was given by the command line alone" in browser_for("auditor").get(f"/cases/{number}/history").text
    )


def test_each_page_read_in_an_emergency_is_noted_and_listed_to_auditors(number: str, browser_for: BrowserFor) -> None:
    browser = browser_for("administrator")
    smash(browser, number)
    browser.get(f"/cases/{number}/history")
    shown = browser_for("auditor").get(f"/reading?number={number}").text
    assert f"/cases/{number}/history" in shown
    assert "Administrator" in shown


def test_a_number_that_is_not_theirs_and_one_that_is_not_there_look_alike(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    answer = browser_for("administrator").get("/emergency?case=SH-2099-0001")
    assert answer.status_code == 422
    assert "There is no case SH-2099-0001" in answer.text


def test_it_changes_nothing_for_the_provider(
    app: Flask, engine: Engine, world: World, number: str, browser_for: BrowserFor
) -> None:
    smash(browser_for("administrator"), number)
    bearer = {"Authorization": f"Bearer {world.tokens['administrator']}"}
    assert app.test_client().get(f"/api/v1/cases/{number}", headers=bearer).status_code == 200
    answer = app.test_client().post(
        f"/api/v1/cases/{number}/messages",
        json={"audience": "internal", "words": "x"},
        headers=bearer | {"Idempotency-Key": "k" * 20},
    )
    assert answer.status_code == 403
