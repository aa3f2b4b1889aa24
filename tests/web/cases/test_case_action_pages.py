"""The forms of a case itself: a paper, a new owner, a consent that ends, an interest, and a task beside the step."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from casework.web.tasks.new_task_page import AT_ONCE
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import play_two_cases, words_of

Enter = Callable[[str], Browser]

pytestmark = pytest.mark.stage(play=play_two_cases)


@pytest.fixture
def numbers(staged: tuple[str, str]) -> tuple[str, str]:
    return staged


def test_a_document_is_entered(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser, page = browser_for("officer"), f"/cases/{numbers[0]}/documents/new"
    sent = read_page(browser.get(page).text).sent
    wrong = browser.flask.post(page, data=sent)
    assert wrong.status_code == 422
    assert "Enter “Title”." in wrong.text
    sent["f-title"], sent["f-kind"], sent["f-whose"] = "Test report", "report", "technology_owner"
    done = browser.flask.post(page, data=sent, follow_redirects=True)
    assert "You have entered the document." in done.text
    assert "Test report" in done.text


def test_handing_over_says_who_owns_the_case_now(browser_for: Enter, numbers: tuple[str, str]) -> None:
    page = words_of(browser_for("supervisor").get(f"/cases/{numbers[0]}/hand-over").text)
    assert page.count("(owns the case now)") == 1
    assert "Officer (owns the case now)" in page


def test_a_case_is_handed_over(browser_for: Enter, world: World, numbers: tuple[str, str]) -> None:
    browser, page = browser_for("supervisor"), f"/cases/{numbers[0]}/hand-over"
    sent = read_page(browser.get(page).text).sent
    sent["f-owner"], sent["f-note"] = world.people["other_officer"], "On leave from Monday"
    done = browser.flask.post(page, data=sent, follow_redirects=True)
    assert "You have handed the case over." in done.text
    assert "Owner: Other Officer" in done.text
    nobody = read_page(browser.get(page).text).sent
    nobody["f-owner"], nobody["f-note"] = "not-an-id", "x"
    assert browser.flask.post(page, data=nobody).status_code == 422


def test_a_consent_is_withdrawn_only_by_who_has_read_what_follows(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser = browser_for("officer")
    found = re.search(r'href="(/cases/[^"]+/consents/[^"]+/withdraw)"', browser.get(f"/cases/{numbers[0]}").text)
    assert found
    form = browser.get(found[1]).text
    assert "What was shared under it ends at once" in form
    sent = read_page(form).sent
    sent["f-reason"] = "By telephone"
    unsure = browser.flask.post(found[1], data=sent)
    assert unsure.status_code == 422
    assert "By telephone" in unsure.text
    sent["sure"] = "yes"
    done = browser.flask.post(found[1], data=sent, follow_redirects=True)
    assert "The consent has ended." in done.text
    assert "withdrawn" in words_of(done.text)


def test_who_declares_an_interest_reads_on_and_does_nothing(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser, page = browser_for("officer"), f"/cases/{numbers[0]}/interest"
    sent = read_page(browser.get(page).text).sent
    sent["f-nature"], sent["sure"] = "My brother works there", "yes"
    # Nobody else of the case's team could finish it: that is asked about once, and keeps nobody from declaring.
    asked = browser.flask.post(page, data=sent)
    assert asked.status_code == 409
    sent = read_page(asked.text).sent
    assert sent["f-nature"] == "My brother works there"
    done = browser.flask.post(page, data=sent | {"sure": "yes", "despite": "yes"}, follow_redirects=True)
    assert "You have declared an interest in this case" in done.text
    assert "btn-primary" not in done.text
    assert browser.get(page).status_code == 403


def test_a_task_is_added_and_dropped(browser_for: Enter, numbers: tuple[str, str]) -> None:
    browser, page = browser_for("officer"), f"/cases/{numbers[0]}"
    source = browser.get(page).text
    found = re.search(r'href="(/cases/[^"]+/tasks/renew_consent)"', source)
    assert found
    assert "Record a new consent of a party" in source
    # For later, not to be done at once.
    later = {name: value for name, value in read_page(browser.get(found[1]).text).sent.items() if name != AT_ONCE}
    done = browser.flask.post(found[1], data=later, follow_redirects=True)
    assert "The task is added." in done.text
    task = re.search(r'href="/tasks/([^"]+)">Record a new consent', done.text)
    assert task
    end = f"/tasks/{task[1]}/operations/exit"
    sent = read_page(browser.get(end).text).sent
    assert browser.flask.post(end, data=sent).status_code == 422
    sent["f-reason"] = "Entered by mistake"
    ended = browser.flask.post(end, data=sent, follow_redirects=True)
    assert "Ended: Record a new consent of a party" in ended.text
    assert browser.get(end).status_code == 404
    assert browser.get(found[1].replace("renew_consent", "no_such_task")).status_code == 404
