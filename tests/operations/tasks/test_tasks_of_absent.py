"""What a substitute finds to do for somebody who is away, does in that one's name, and until when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.operations.core.perform import home_of
from casework.operations.people.absences import end_absence
from casework.operations.tasks.calendar_view import list_agenda
from casework.operations.tasks.service import claim_task, complete_task
from casework.operations.tasks.tasks_of_absent import list_for_absent
from casework.operations.verification.service import verify_case
from casework.records.case_loader import load
from casework.records.event_log import now
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request, today

DATA = {"held_on": "2026-01-05", "need_owner_present": True, "technology_owner_present": True, "note": "Short."}


def _play(world: World, db: Connection) -> tuple[str, str, str]:
    """A case whose officer holds the first meeting and is away from today on, the other officer standing in: (case, task,
    absence)."""
    number, _ = to_referral(world, db)
    case = load(db, home_of(db, number), "case")
    task = next(one.id for one in case.open_tasks() if one.name == "kick_off")
    claim_task(db, world.actor(db, "officer"), task, new_request())
    return number, task, add_absence(db, world, "officer", "other_officer", "BJ", first=0, last=3)


pytestmark = pytest.mark.stage(play=_play)
Staged = tuple[str, str, str]


def names_for(db: Connection, world: World, who: str) -> list[set[str]]:
    """The names of the tasks of each person for whom somebody stands in."""
    return [{task.name for task in absent.items} for absent in list_for_absent(db, world.actor(db, who))]


def test_it_is_what_one_holds_and_what_waits_for_the_officer_of_ones_cases(
    world: World, db: Connection, staged: Staged
) -> None:
    (absent,) = list_for_absent(db, world.actor(db, "other_officer"))
    assert (absent.person.id, absent.person.name) == (world.people["officer"], "Officer")
    assert datetime.fromisoformat(absent.until) > now(db) + timedelta(days=2)
    assert {"kick_off", "assessment"} <= {task.name for task in absent.items}
    # What the provider does waits for the provider.
    assert "sent" not in {task.name for task in absent.items}


def test_nobody_else_stands_in_and_nobody_once_the_absence_is_over(
    world: World, db: Connection, staged: Staged
) -> None:
    assert names_for(db, world, "supervisor") == names_for(db, world, "officer") == []
    end_absence(db, world.actor(db, "officer"), staged[2], new_request())
    assert names_for(db, world, "other_officer") == []


def test_the_substitute_sees_it_on_the_day_on_which_it_is_due(world: World, db: Connection, staged: Staged) -> None:
    days: dict[str, Any] = {"first": today(), "last": today() + timedelta(days=40)}
    mine = list_agenda(db, world.actor(db, "other_officer"), **days)
    others = list_agenda(db, world.actor(db, "supervisor"), **days)
    assert staged[1] in {one.id for one in mine.items}
    assert sum(day.due for day in mine.days) == len(mine.items)
    assert staged[1] not in {one.id for one in others.items}


def test_the_substitute_finishes_it_in_the_name_of_whoever_is_away(
    world: World, db: Connection, staged: Staged
) -> None:
    by, log = world.actor(db, "other_officer"), home_of(db, staged[0])
    complete_task(db, by, staged[1], data=DATA, happened_on=None, request=new_request())
    acting = db.exec_driver_sql(
        "SELECT header->>'acting_for' FROM events WHERE log_id = %s::uuid ORDER BY seq DESC LIMIT 1", (log,)
    ).scalar_one()
    assert acting == world.people["officer"]
    assert all("kick_off" not in names for names in names_for(db, world, "other_officer"))
    assert verify_case(db, log) == []


@pytest.mark.parametrize("who", ["officer", "other_officer"])
def test_an_interest_of_either_of_them_leaves_nothing_of_the_case(
    world: World, db: Connection, staged: Staged, who: str
) -> None:
    db.execute(
        text("UPDATE cases SET interests = ARRAY[CAST(:person AS text)] WHERE number = :n"),
        {"person": world.people[who], "n": staged[0]},
    )
    assert names_for(db, world, "other_officer") == [set()]


def test_the_offers_of_a_provider_are_there_for_who_stands_in_at_the_provider(
    world: World, db: Connection, staged: Staged
) -> None:
    sent = next(one for one in load(db, home_of(db, staged[0]), "case").open_tasks() if one.name == "sent")
    claim_task(db, world.actor(db, "provider"), sent.id, new_request())
    add_absence(db, world, "provider", "provider_lead", "lab", first=0, last=3)
    assert names_for(db, world, "provider_lead") == [{"sent"}]
    db.execute(
        text("UPDATE tracks SET barred = ARRAY[:person] WHERE id = CAST(:id AS uuid)"),
        {"person": world.people["provider"], "id": sent.track},
    )
    assert names_for(db, world, "provider_lead") == [set()]
