"""What a supervisor looks after: decisions that wait, by what they are about and who asked, and each officer's load."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, text

from casework.operations.tasks.service import claim_task
from casework.operations.tasks.workload import list_decisions, list_team
from tests.support.additions import add_absence
from tests.support.way_to_referral import to_plan, to_referral
from tests.support.world import World, new_request


def decisions(db: Connection, world: World, who: str) -> list[tuple[str, str | None, bool]]:
    """What each decision is about, who asked for it, and whether it was the reader."""
    return [
        (one.decides, one.asked_by.name if one.asked_by else None, one.asked_by_oneself)
        for one in list_decisions(db, world.actor(db, who))
    ]


@pytest.fixture
def amended(world: World, db: Connection) -> str:
    """A case whose plan a supervisor has proposed to amend."""
    number, _ = to_referral(world, db)
    plan = {"payer": "programme", "skip_assessment": False, "reason": "Less money"}
    world.fire(db, "supervisor", number, "amend_plan", plan)
    return number


def test_a_decision_says_what_it_is_about_and_who_asked_for_it(world: World, db: Connection, amended: str) -> None:
    assert decisions(db, world, "second_supervisor") == [("plans", "Supervisor", False)]
    # One's own stands there too, for it waits for another.
    assert decisions(db, world, "supervisor") == [("plans", "Supervisor", True)]
    assert decisions(db, world, "compliance") == decisions(db, world, "officer") == []


def test_a_decision_names_whose_action_opened_it(world: World, db: Connection) -> None:
    """The officer finished the plan, upon which deciding on it opened; what a clock opens was nobody's."""
    to_plan(world, db)
    (waiting,) = list_decisions(db, world.actor(db, "supervisor"))
    assert (waiting.name, waiting.asked_by, waiting.opened_by and waiting.opened_by.name) == (
        "decide_plan",
        None,
        "Officer",
    )
    # What followed by itself is laid to whose action it followed from, however far; what a clock opened, to nobody's; and what
    # another did at that very moment opened nothing.
    for year, because, opener in (
        (2020, "coalesce(CAST(header->>'because' AS bigint), seq)", "Officer"),
        (2021, "seq + 2020", "Officer"),
        (2022, "NULL", None),
    ):
        copied = f"""
            INSERT INTO events SELECT log_id, seq + {year} + n, CAST(:at AS timestamptz), kind, track_id,
                CASE n WHEN 0 THEN 'system' ELSE :another END, header || jsonb_build_object('because', {because}),
                CASE n WHEN 0 THEN effects ELSE effects - 'tasks' END, body, hash
            FROM (
                SELECT e.* FROM tasks t JOIN events e ON e.log_id = t.log_id WHERE t.id = CAST(:id AS uuid) AND e.seq < 1000
                AND e.effects->'tasks' @> jsonb_build_array(jsonb_build_object('id', CAST(t.id AS text)))
            ) opening, unnest(ARRAY[0, 1000]) n
        """
        moved = {"id": waiting.id, "at": datetime(year, 1, 1, tzinfo=UTC), "another": world.people["auditor"]}
        db.execute(text(copied), moved)
        db.execute(text("UPDATE tasks SET opened_at = :at WHERE id = :id"), moved)
        (waiting,) = list_decisions(db, world.actor(db, "supervisor"))
        assert (waiting.opened_by and waiting.opened_by.name) == opener


def test_a_decision_that_somebody_holds_is_that_ones_alone(world: World, db: Connection, amended: str) -> None:
    second = world.actor(db, "second_supervisor")
    (waiting,) = list_decisions(db, second)
    claim_task(db, second, waiting.id, new_request())
    assert [one.id for one in list_decisions(db, second)] == [waiting.id]
    assert decisions(db, world, "supervisor") == []


def test_no_decision_is_for_who_has_declared_an_interest(world: World, db: Connection, amended: str) -> None:
    db.execute(
        text("UPDATE cases SET interests = ARRAY[CAST(:person AS text)] WHERE number = :n"),
        {"person": world.people["second_supervisor"], "n": amended},
    )
    assert decisions(db, world, "second_supervisor") == []
    assert len(decisions(db, world, "supervisor")) == 1


def test_a_plan_that_waits_stands_under_plans(world: World, db: Connection) -> None:
    number, _ = to_referral(world, db)
    db.execute(
        text(
            "UPDATE tasks SET state = 'Ready', closed_at = NULL, closed_by = NULL WHERE name = 'decide_plan'"
            " AND log_id = (SELECT id FROM cases WHERE number = :n)"
        ),
        {"n": number},
    )
    found = list_decisions(db, world.actor(db, "supervisor"))
    assert [one.decides for one in found] == ["plans"]
    assert list_decisions(db, world.actor(db, "compliance")) == []


def test_a_case_on_hold_is_counted_as_such_and_who_is_away_with_who_stands_in(world: World, db: Connection) -> None:
    held = world.new_case(db)
    world.fire(db, "officer", held, "take")
    world.fire(db, "officer", world.new_case(db), "take")
    waits = {"reason": "budget", "waits_for": "need_owner", "waits_until": "event", "event": "The board has met"}
    world.fire(db, "officer", held, "hold", waits)
    add_absence(db, world, "officer", "other_officer", "BJ", first=0, last=3)
    team = {one.name: one for one in list_team(db, world.actor(db, "supervisor")).items}
    officer, other = team["Officer"], team["Other Officer"]
    assert (officer.live, officer.on_hold, officer.programme) == (2, 1, "BJ")
    assert officer.away
    assert officer.away.substitute.id == world.people["other_officer"]
    # What a substitute may do for another is the other one's load.
    assert (other.live, other.open, other.away) == (0, 0, None)


def test_cases_of_who_has_left_and_of_nobody_are_told_apart(world: World, db: Connection) -> None:
    world.fire(db, "officer", world.new_case(db), "take")
    world.new_case(db)
    assert list_team(db, world.actor(db, "supervisor")).left == []
    db.execute(
        text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = CAST(:id AS uuid)"),
        {"id": world.people["officer"]},
    )
    team = list_team(db, world.actor(db, "supervisor"))
    assert [one.name for one in team.items] == ["Other Officer"]
    assert [(one.name, one.count) for one in team.left] == [("Officer", 1)]
    assert [(one.programme, one.count) for one in team.unowned] == [("BJ", 1)]


@pytest.mark.parametrize("who", ["officer", "auditor", "provider_lead"])
def test_who_supervises_nothing_has_no_team(world: World, db: Connection, who: str) -> None:
    world.new_case(db)
    team = list_team(db, world.actor(db, who))
    assert (team.items, team.unowned, team.left) == ([], [], [])
