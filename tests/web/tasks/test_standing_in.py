"""Somebody is away: the substitute finds the work where he works, and does it; the team says who is away and who stands in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from casework.engine.state.case import Task
from casework.operations.core.perform import home_of
from casework.operations.tasks.calendar_view import list_agenda
from casework.operations.tasks.service import claim_task, complete_task
from casework.operations.tasks.tasks_of_absent import list_for_absent
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.web_client import Browser
from tests.support.world import World, new_request, today

BrowserFor = Callable[[str], Browser]
DATA = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True, "note": "Short."}


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


def test_the_substitute_sees_it_on_the_day_on_which_it_is_due(engine: Engine, world: World, held: Task) -> None:
    with transaction(engine) as db:
        last = today() + timedelta(days=40)
        mine = list_agenda(db, world.actor(db, "other_officer"), first=today(), last=last)
        others = list_agenda(db, world.actor(db, "supervisor"), first=today(), last=last)
    assert held.id in {one.id for one in mine.items}
    assert sum(day.due for day in mine.days) == len(mine.items)
    assert held.id not in {one.id for one in others.items}


def test_the_substitute_finishes_it_in_the_name_of_whoever_is_away(engine: Engine, world: World, held: Task) -> None:
    with transaction(engine) as db:
        by = world.actor(db, "other_officer")
        (one,) = list_for_absent(db, by)
        assert held.id in {task.id for task in one.items}
        complete_task(db, by, held.id, data=DATA, happened_on=None, request=new_request())
        log = db.exec_driver_sql("SELECT log_id::text FROM tasks WHERE id = %s::uuid", (held.id,)).scalar_one()
        acting = db.exec_driver_sql(
            "SELECT header->>'acting_for' FROM events WHERE log_id = %s::uuid ORDER BY seq DESC LIMIT 1", (log,)
        ).scalar_one()
        assert acting == world.people["officer"]
        assert verify_case(db, log) == []


def test_who_declared_an_interest_is_shown_nothing_of_it(engine: Engine, world: World, held: Task) -> None:
    with transaction(engine) as db:
        db.exec_driver_sql(
            "UPDATE cases SET interests = ARRAY[%s] WHERE id = (SELECT log_id FROM tasks WHERE id = %s::uuid)",
            (world.people["other_officer"], held.id),
        )
        (one,) = list_for_absent(db, world.actor(db, "other_officer"))
        assert one.items == []


def test_the_team_says_who_is_away_and_who_stands_in(held: Task, browser_for: BrowserFor) -> None:
    page = browser_for("supervisor").get("/team").text
    assert "away until" in page
    assert "Other Officer stands in" in page
