"""The page of what may be removed by a day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import Engine, text

from casework.engine.retention import SHIPPED
from casework.records.database import transaction
from tests.operations.people.test_programme_retention import set_to
from tests.support.followed import closed_case
from tests.support.web_client import Browser
from tests.support.world import World
from tests.web.cases.two_cases import words_of

BrowserFor = Callable[[str], Browser]


def test_it_tells_by_class_and_day_what_may_be_removed(world: World, browser_for: BrowserFor, engine: Engine) -> None:
    with transaction(engine) as db:
        number = closed_case(world, db)[0]
        set_to(db, world, SHIPPED[0], replace(SHIPPED[1], years=3))
        db.execute(text("UPDATE cases SET closed_at = '2026-05-04T09:00Z' WHERE number = :n"), {"n": number})
    compliance = browser_for("compliance")
    early = words_of(compliance.get("/retention?by=2029-05-03").text)
    assert "No case may be removed by this day." in early
    page = words_of(compliance.get("/retention?by=2029-05-04").text)
    assert number in page
    assert "All other cases 3 years after closing 1 1 0" in page
    assert number not in words_of(compliance.get("/retention?by=2029-05-04&class=financing").text)
    assert compliance.get("/retention?class=none").status_code == 404
    assert "Write a day as YYYY-MM-DD." in words_of(compliance.get("/retention?by=soon").text)
    assert "Write a year from 1900 to 2199." in words_of(compliance.get("/retention?by=9999-01-01").text)


def test_it_is_empty_where_nothing_was_closed(world: World, browser_for: BrowserFor) -> None:
    page = words_of(browser_for("auditor").get("/retention").text)
    assert "No case may be removed by this day." in page


def test_nobody_else_finds_it(world: World, browser_for: BrowserFor) -> None:
    for name in ("officer", "provider", "administrator", "observer", "dispute_officer"):
        assert browser_for(name).get("/retention").status_code in (403, 404)
