"""The page of case hygiene: what breaks it, where it is repaired, and how it was night after night."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine, text

from casework.operations.oversight.case_hygiene import check_due
from casework.records.database import transaction
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def test_a_programme_that_keeps_the_rule_is_told_so(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
    page = browser_for("supervisor").get("/case-hygiene").text
    assert "Every live case of your programme keeps it." in page
    assert "It has not been there yet." in page


def test_each_breach_leads_to_its_repair(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        left, _ = to_referral(world, db)
        good, _ = to_referral(world, db)
        db.execute(
            text("UPDATE cases SET owner_id = CAST(:p AS uuid) WHERE number = :n"),
            {"n": left, "p": world.people["auditor"]},
        )
    browser = browser_for("supervisor")
    page = browser.get("/case-hygiene").text
    assert "One case breaks it." in page
    assert good not in page
    assert f'href="/cases/{left}/hand-over"' in page
    assert browser.get(f"/cases/{left}/hand-over").status_code == 200


def test_the_figure_of_each_night_is_shown(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
        db.execute(text("UPDATE cases SET owner_id = NULL"))
    check_due(engine)
    page = browser_for("supervisor").get("/case-hygiene").text
    assert '<meter min="0" max="1" value="1" aria-label="1 of 1">' in page
