"""A proposal at its need: why it is there, dismissed with a reason, or made a match."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.additions import add_proposal
from tests.support.pages import read_page
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

Enter = Callable[[str], Browser]


def test_a_proposal_is_seen_at_its_need_and_dismissed_with_a_reason(
    browser_for: Enter, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        world.new_match(db)
        id = add_proposal(db, world.programmes["BJ"], world.needs[-1], world.technologies[0])
    browser, need = browser_for("officer"), f"/needs/{world.needs[-1]}"
    assert "says 50 of 100 parts of the need: steam" in words_of(browser.get(need).text)
    assert "Dismiss" not in words_of(browser_for("auditor").get(need).text)
    page = f"/match-proposals/{id}"
    sent = read_page(browser.get(page).text).sent
    refused = browser.flask.post(page, data=sent)
    assert refused.status_code == 422
    said = words_of(browser.flask.post(page, data=sent | {"f-reason": "It needs steam."}, follow_redirects=True).text)
    assert "Dismissed: it is proposed for this need no more." in said
    assert "Nothing is proposed." in said


def test_a_proposal_becomes_a_match_and_no_case(browser_for: Enter, world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        world.new_match(db)
        id = add_proposal(db, world.programmes["BJ"], world.needs[-1], world.technologies[0])
    browser, need = browser_for("officer"), f"/needs/{world.needs[-1]}"
    said = words_of(browser.post(f"/match-proposals/{id}/match", {}, page=need, follow=True).text)
    assert "It is a match now." in said
    assert "Nothing is proposed." in words_of(browser.get(need).text)
