"""Somebody is away: the substitute finds the work where he works, and the team says who is away and who stands in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.engine.state.case import Task
from casework.operations.core.perform import home_of
from casework.operations.tasks.service import claim_task
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request

BrowserFor = Callable[[str], Browser]


@pytest.fixture
def held(engine: Engine, world: World) -> Task:
    """The first meeting, which the officer holds, who is away from today on; the other officer stands in."""
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        task = next(one for one in load(db, home_of(db, number), "case").open_tasks() if one.name == "kick_off")
        claim_task(db, world.actor(db, "officer"), task.id, new_request())
        add_absence(db, world, "officer", "other_officer", "BJ", first=0, last=3)
    return task


def test_the_substitute_sees_it_at_home(held: Task, browser_for: BrowserFor) -> None:
    page = browser_for("other_officer").get("/").text
    assert "For Officer, away until" in page
    assert f"/tasks/{held.id}" in page
    assert "away until" not in browser_for("supervisor").get("/").text


def test_the_team_says_who_is_away_and_who_stands_in(held: Task, browser_for: BrowserFor) -> None:
    page = browser_for("supervisor").get("/team").text
    assert "away until" in page
    assert "Other Officer stands in" in page
