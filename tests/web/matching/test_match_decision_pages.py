"""What a run did not find is accepted from the desk: the page says what the filters say, and asks why where one removes it."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.matching.test_acceptance import WHY, of_one_owner
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_record_pages import fill

Enter = Callable[[str], Browser]


def test_before_it_is_accepted_the_page_says_what_the_filters_say(browser_for: Enter, world: World) -> None:
    page = f"/matches/{world.matches[0]}/open"
    words = words_of(browser_for("officer").get(page).text)
    assert "Conflict of interest not known not all owners of the two are on record" in words
    assert "Open the case" in words
    assert browser_for("auditor").get(page).status_code == 403


def test_against_a_conflict_of_interest_it_is_accepted_with_a_reason_alone(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    browser = browser_for("officer")
    with transaction(engine) as db:
        need, _, match = of_one_owner(world, db)
    page = f"/matches/{match}/open"
    asked = words_of(browser.get(page).text)
    assert "Conflict of interest does not pass need and technology belong to one organisation" in asked
    # As the list of matches offers it, without a word: it is refused, and asks.
    refused = browser.post(page, {}, page=page)
    assert refused.status_code == 422
    assert "Why it is accepted in spite of the conflict of interest" in refused.text
    assert "is open." in fill(browser, page, against_conflict=WHY)
    assert "Officer accepted it although a filter removes it" in browser.get(f"/matches/{match}").text
    number = browser.get(page).text.split('href="/cases/')[1].split('"')[0]
    first = words_of(browser.get(f"/cases/{number}/history/1").text)
    assert f"Why it is accepted in spite of the conflict of interest {WHY}" in first
    assert list(verify_all(engine)) == []
