"""What a supervisor and a compliance officer look after."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.tasks.workload import list_team
from casework.records.database import transaction
from tests.support.queries import counted
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World

BrowserFor = Callable[[str], Browser]


def test_a_proposal_waits_for_another_person(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        world.fire(
            db,
            "supervisor",
            number,
            "amend_plan",
            {"payer": "programme", "skip_assessment": False, "reason": "Less money"},
        )
    own = browser_for("supervisor").get("/decisions").text
    assert "you asked for it: somebody else must decide" in own
    other = browser_for("second_supervisor").get("/decisions").text
    assert number in other
    assert "asked for by Supervisor" in other
    assert "Plans" in other


def test_what_waits_for_ones_decision_stands_on_ones_home(
    engine: Engine, world: World, browser_for: BrowserFor
) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        world.fire(
            db,
            "supervisor",
            number,
            "amend_plan",
            {"payer": "programme", "skip_assessment": False, "reason": "Less money"},
        )
    assert "Waits for your decision" not in browser_for("supervisor").get("/").text
    home = browser_for("second_supervisor").get("/").text.split("Waits for your decision")[1]
    assert number in home
    assert "Nothing else waits for you here." in home
    assert "Waits for your decision" not in browser_for("officer").get("/").text


def test_a_closing_waits_for_a_supervisor(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        world.fire(
            db,
            "officer",
            number,
            "propose_close",
            {"outcome": "duplicate", "reason": "other/other", "statements": "None"},
        )
    page = browser_for("supervisor").get("/decisions").text
    assert "Closings and stops" in page
    assert number in page


def test_nothing_to_decide_is_said(world: World, browser_for: BrowserFor) -> None:
    assert "No decision waits for you." in browser_for("compliance").get("/decisions").text


def test_the_team_is_shown_with_its_load(engine: Engine, world: World, browser_for: BrowserFor) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        world.new_case(db)
        db.execute(text("UPDATE tasks SET due_at = casework_now() - interval '2 days' WHERE name = 'triage'"))
        found = list_team(db, world.actor(db, "supervisor"))
    by_name = {one.name: one for one in found.items}
    assert set(by_name) == {"Officer", "Other Officer"}
    assert (by_name["Officer"].live, by_name["Officer"].open, by_name["Officer"].overdue) == (1, 2, 1)
    assert (by_name["Other Officer"].live, by_name["Other Officer"].open) == (0, 0)
    page = browser_for("supervisor").get("/team").text
    assert re.search(r"1 live case has no owner yet \(BJ\)", page)
    assert "Foreign Officer" not in page


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    engine: Engine, world: World, app: Flask, browser_for: BrowserFor
) -> None:
    def how_many(path: str) -> int:
        with counted(app) as sent:
            assert browser.get(path).status_code == 200
        return len(sent)

    paths = ("/decisions", "/team", "/case-hygiene")
    browser = browser_for("supervisor")
    with transaction(engine) as db:
        to_referral(world, db)
    before = [how_many(path) for path in paths]
    with transaction(engine) as db:
        for _ in range(3):
            to_referral(world, db)
    assert [how_many(path) for path in paths] == before
    assert max(before) <= 9
