"""The pages of a review: asked for beside the form, answered by another person, and back with what was said."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.operations.cases.handing_over import hand_over
from casework.operations.core.perform import home_of
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.pages import read_page
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def task(engine: Engine, world: World, browser_for: BrowserFor) -> str:
    """The first meeting, which the officer sent to the other officer from its page."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        case = load(db, home_of(db, number), "case")
        hand_over(
            db,
            world.actor(db, "officer"),
            number,
            owner=world.people["officer"],
            team=[world.people["other_officer"]],
            note="Help me.",
            revision=case.revision,
            request=new_request(),
        )
        found = next(one.id for one in case.open_tasks() if one.name == "kick_off")
    officer = browser_for("officer")
    sent = dict(read_page(officer.get(f"/tasks/{found}").text).sent) | {
        "f-held_on": "2026-01-05",
        "f-need_owner_present": "yes",
        "f-technology_owner_present": "no",
        "f-note": "Short.",
        "reviewer": world.people["other_officer"],
    }
    page = officer.flask.post(f"/tasks/{found}/review", data=sent, follow_redirects=True).text
    assert "Sent for review: Hold the first meeting" in page
    return found


def answer(browser: Browser, task: str, **said: str) -> str:
    sent = dict(read_page(browser.get(f"/tasks/{task}").text).sent) | said
    return browser.flask.post(f"/tasks/{task}/review/answer", data=sent, follow_redirects=True).text


def test_the_reviewer_reads_what_is_proposed_and_has_no_form(browser_for: BrowserFor, task: str) -> None:
    page = browser_for("other_officer").get(f"/tasks/{task}").text
    assert "What is proposed" in page
    assert page.count("Short.") == 1
    assert 'name="f-held_on"' not in page


def test_what_must_change_comes_back_with_the_form(browser_for: BrowserFor, task: str) -> None:
    answer(browser_for("other_officer"), task, answer="changes", note="Who took the minutes?")
    page = browser_for("officer").get(f"/tasks/{task}").text
    assert "for changes (round 1)" in page
    assert "Who took the minutes?" in page
    assert "Short." in page


def test_what_a_reviewer_has_typed_is_kept_until_it_is_said(browser_for: BrowserFor, task: str) -> None:
    reviewer, page = browser_for("other_officer"), f"/tasks/{task}"
    sent = dict(read_page(reviewer.get(page).text).sent) | {"note": "Who took the minutes?"}
    reviewer.post("/drafts", sent, page=page)
    assert "Who took the minutes?</textarea>" in reviewer.get(page).text
    answer(reviewer, task, answer="changes")
    assert reviewer.post("/drafts/drop", {"form": sent["form"], "page": page}, page=page).status_code == 303
    assert "had not sent" not in reviewer.get(page).text


def test_changes_without_words_are_not_asked_for(browser_for: BrowserFor, task: str) -> None:
    assert "write what must change" in answer(browser_for("other_officer"), task, answer="changes", note=" ")


def test_what_is_approved_is_finished_by_whoever_asked(browser_for: BrowserFor, task: str) -> None:
    assert "The person who asked finishes it" in answer(browser_for("other_officer"), task, answer="approve")
    officer = browser_for("officer")
    page = officer.get(f"/tasks/{task}").text
    assert "finishes it as it was approved" in page
    assert officer.flask.post(f"/tasks/{task}/complete", data=dict(read_page(page).sent)).status_code == 303
    # What was done is said in the words of the workflow, as in the history.
    assert "You recorded the first meeting." in officer.get("/").text
    done = officer.get(f"/tasks/{task}").text
    assert "This task is done." in done
    # And with what: whoever comes back from an alert reads the answer there.
    assert "What was answered" in done
    assert re.search(r'href="/cases/[^"]+/history/\d+"', done)
