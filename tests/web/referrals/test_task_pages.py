"""A provider adds a task to its referral: a repayment that nobody had planned, on the page of the loan."""

from __future__ import annotations

import re
from datetime import date

from flask import Flask
from sqlalchemy import Engine

from casework.definitions import load_library
from casework.operations.cases.money import list_money
from casework.operations.core.perform import home_of
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.journeys.scripts.loans import REQUESTED, TO_SERVICING
from tests.support.pages import read_page
from tests.web.documents.test_papers_of_actions import Scene, play


def balance(scene: Scene) -> tuple[str | None, int]:
    """What is owed of the loan, and how many repayments it has, by a history that is whole."""
    with transaction(scene.engine) as db:
        case = load(db, home_of(db, scene.number), "case")
        assert verify_case(db, case.log) == []
    [told] = [one for one in list_money(case, load_library().editions) if one.kind == "pledge"]
    return told.balance, len(told.repayments)


def referral_of(scene: Scene) -> str:
    with transaction(scene.engine) as db:
        case = load(db, home_of(db, scene.number), "case")
    return f"/referrals/{next(track.parent for track in case.tracks.values() if track.workflow == 'pledge')}"


def test_a_repayment_says_which_of_those_agreed_it_is(app: Flask, engine: Engine) -> None:
    scene = play(app, engine, (*REQUESTED, *TO_SERVICING), "banker", "")
    with transaction(engine) as db:
        case = load(db, home_of(db, scene.number), "case")
    agreed = next(
        track.fired["paid_out"].data["repayments"] for track in case.tracks.values() if "paid_out" in track.fired
    )
    [task] = [one.id for one in case.open_tasks() if one.name == "repayment"]
    page = scene.browser.get(f"/tasks/{task}").text
    day = date.fromisoformat(agreed[0]["by"])
    assert re.search(rf"Agreed for \w+ {day.day} \w+( \d+)?: CNY 2,400,000\. Owed before", page)


def test_a_bank_records_repayments_as_long_as_something_is_owed(app: Flask, engine: Engine) -> None:
    scene = play(app, engine, (*REQUESTED, *TO_SERVICING), "banker", "")
    browser, loan = scene.browser, referral_of(scene)
    before, rows = balance(scene)
    with transaction(engine) as db:
        case = load(db, home_of(db, scene.number), "case")
    [paid_on] = [track.fired["paid_out"].data["paid_on"] for track in case.tracks.values() if "paid_out" in track.fired]
    assert rows == 0
    assert before is not None
    for n in (1, 2):
        source = browser.get(loan).text
        [path] = set(re.findall(rf'href="({loan}/tasks/[^"]+/repayment)"', source))
        page = browser.get(path).text
        assert "Owed before this repayment: CNY" in page
        sent = dict(read_page(page[: page.index('class="later"')]).sent)
        sent |= {"f-principal.amount": "1000", "f-principal.currency": "CNY", "f-paid_on": paid_on}
        done = browser.flask.post(path, data=sent, follow_redirects=True)
        assert done.status_code == 200
        assert done.request.path == loan
        after, rows = balance(scene)
        assert (after, rows) == (f"{float(before) - 1000 * n:.2f}", n)
    # Too much is refused, with what was typed.
    sent["key"] = read_page(browser.get(path).text).sent["key"]
    assert browser.flask.post(path, data=sent | {"f-principal.amount": "99000000"}).status_code == 409
    assert balance(scene) == (after, 2)


def test_what_the_workflow_does_not_allow_there_is_not_there(app: Flask, engine: Engine) -> None:
    scene = play(app, engine, (*REQUESTED, *TO_SERVICING), "banker", "")
    loan = referral_of(scene)
    [path] = set(re.findall(rf'href="({loan}/tasks/[^"]+/repayment)"', scene.browser.get(loan).text))
    assert scene.browser.get(path.replace("/repayment", "/no_such_task")).status_code == 404
    # The tasks of the case as a whole are not the bank's to add.
    with transaction(engine) as db:
        main = load(db, home_of(db, scene.number), "case").main.id
    assert scene.browser.get(f"{loan}/tasks/{main}/renew_consent").status_code == 404
