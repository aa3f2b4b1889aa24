"""A match is made from a need or a technology, put right, and said to have expired, on pages."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import Engine, text

from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of
from tests.web.catalogue.test_record_pages import fill

Enter = Callable[[str], Browser]


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_one_is_made_from_either_side_and_once(browser_for: Enter, world: World, engine: Engine, plural: str) -> None:
    """The two that are not matched yet; the second time the page leads to the match that stands."""
    browser = browser_for("officer")
    mine, other = world.needs[0], world.technologies[1]
    if plural == "technologies":
        mine, other = other, mine
    page, form = f"/{plural}/{mine}/match", f"/{plural}/{mine}/match?other={other}"
    assert page in browser.get(f"/{plural}/{mine}").text
    listed = browser.get(page).text
    assert form in listed
    assert "Matched already" in listed
    assert "None is found." in browser.get(f"{page}?q=nothing-like-it").text
    assert "The match is made" not in fill(browser, form, rationale="")
    said = fill(browser, form, rationale="The heat pump gives what the dairy needs.", score="0.7")
    assert "The match is made: it waits for triage." in said
    assert "Officer entered it" in said
    with transaction(engine) as db:
        row = db.execute(
            text(
                "SELECT id, need_id::text, technology_id::text, confirmed_by FROM matches WHERE rationale LIKE 'The heat pump%'"
            )
        ).one()
    assert {row.need_id, row.technology_id} == {mine, other}
    assert row.confirmed_by is not None
    again = browser.get(form)
    assert (again.status_code, again.location) == (303, f"/matches/{row.id}")
    assert f"/matches/{row.id}" in browser.get(page).text
    assert list(verify_all(engine)) == []


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_one_that_is_used_no_more_is_not_matched(browser_for: Enter, world: World, plural: str) -> None:
    browser = browser_for("officer")
    need, technology = world.needs[0], world.technologies[1]
    mine, other = (need, technology) if plural == "needs" else (technology, need)
    theirs = "technologies" if plural == "needs" else "needs"
    fill(browser, f"/{plural}/{mine}/use", status="withdrawn", reason="They found one themselves.")
    assert f"/{plural}/{mine}/match" not in browser.get(f"/{plural}/{mine}").text
    assert "cannot be matched until it is brought back" in words_of(browser.get(f"/{plural}/{mine}/match").text)
    listed = browser.get(f"/{theirs}/{other}/match").text
    assert "used no more" in listed
    assert f"other={mine}" not in listed
    assert browser.get(f"/{theirs}/{other}/match?other={mine}").status_code == 303


def test_what_is_no_record_of_the_programme_is_not_there(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("officer"), f"/needs/{world.needs[0]}/match"
    assert browser.get(f"{page}?other={uuid.uuid4()}").status_code == 404
    assert browser.get(f"{page}?other=none").status_code == 404
    sent = browser.post(page, {}, page=page)
    assert (sent.status_code, sent.location) == (303, page)


def test_one_is_put_right_expires_and_is_brought_back(browser_for: Enter, world: World, engine: Engine) -> None:
    browser, page = browser_for("officer"), f"/matches/{world.matches[0]}"
    said = fill(browser, f"{page}/correct", score="0.3")
    assert "The match is put right." in said
    assert "Score 0.8 0.3" in said
    assert "say why" in fill(browser, f"{page}/correct", score="0.4")
    assert "Counted wrongly." in fill(browser, f"{page}/correct", score="0.4", reason="Counted wrongly.")
    said = fill(browser, f"{page}/follow", reason="Nobody answers.")
    assert "Said: it has expired, and becomes no case." in said
    assert "Officer said that it has expired" in said
    assert f"{page}/open" not in browser.get(page).text
    assert page in browser.get("/matches?view=ended").text
    assert page not in browser.get("/matches").text
    assert "It is followed again." in fill(browser, f"{page}/follow", reason="They ask again.")
    assert f"{page}/open" in browser.get(page).text
    assert list(verify_all(engine)) == []


def test_whoever_only_reads_is_offered_none_of_it(browser_for: Enter, world: World) -> None:
    browser, page = browser_for("auditor"), f"/matches/{world.matches[0]}"
    assert "History" in browser.get(page).text
    for path in (f"{page}/correct", f"{page}/follow", f"/needs/{world.needs[0]}/match"):
        assert path not in browser.get(page).text + browser.get(f"/needs/{world.needs[0]}").text
        assert browser.get(path).status_code == 403
