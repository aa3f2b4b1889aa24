"""The next task: many pull at once, and each task is one person's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine, text

from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import claim_task, modify_task, take_next
from casework.records.database import transaction
from tests.support.world import World, new_request


def pull(engine: Engine, world: World, who: str) -> str | None:
    with transaction(engine) as db:
        found = take_next(db, world.actor(db, who), new_request()).answer["id"]
        return None if found is None else str(found)


def test_whose_turn_is_first_comes_first_and_of_the_same_the_oldest(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(3)]
        db.execute(
            text(
                "UPDATE tasks SET turn_at = turn_at - interval '1 day' WHERE log_id = (SELECT id FROM cases WHERE number = :n)"
            ),
            {"n": numbers[2]},
        )
        db.execute(text("UPDATE tasks SET turn_at = date_trunc('day', turn_at)"))
    taken = [pull(engine, world, "officer") for _ in range(4)]
    with transaction(engine) as db:
        found = [
            db.execute(
                text("SELECT c.number FROM tasks t JOIN cases c ON c.id = t.log_id WHERE t.id = CAST(:id AS uuid)"),
                {"id": one},
            ).scalar_one()
            for one in taken[:3]
        ]
    assert found == [numbers[2], numbers[0], numbers[1]]
    assert taken[3] is None


def test_a_high_priority_brings_a_task_forward_and_the_row_says_so(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for _ in range(2):
            world.new_case(db)
        last = list_tasks(db, world.actor(db, "officer"), view="queue").items[-1]
        modify_task(
            db,
            world.actor(db, "supervisor"),
            last.id,
            priority="high",
            reason="Fair next week",
            request=new_request(),
        )
        first = list_tasks(db, world.actor(db, "officer"), view="queue").items[0]
    assert (first.id, first.priority, first.turn.by) == (last.id, "high", "due")
    assert pull(engine, world, "officer") == last.id


def test_what_stands_still_is_not_given_however_early_its_day(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        held, late = world.new_case(db), world.new_case(db)
        world.fire(db, "officer", held, "take")
        world.fire(
            db,
            "officer",
            held,
            "hold",
            {
                "reason": "parties_paused",
                "waits_for": "need_owner",
                "waits_until": "event",
                "event": "The board has met",
            },
        )
        days = {late: 5, held: 30}
        for number, ago in days.items():
            db.execute(
                text(
                    "UPDATE tasks SET due_at = casework_now() - make_interval(days => "
                    ":ago), turn_at = casework_now() - make_interval(days => :ago)"
                    " WHERE state = 'Ready' AND name <> 'on_hold' AND log_id = (SELECT id FROM cases WHERE number = :n)"
                ),
                {"ago": ago, "n": number},
            )
        # Its last step has fired long ago: it has no clock that could stand still.
        db.execute(text("DELETE FROM clocks k USING tasks t WHERE t.id = k.task_id AND t.name = 'triage_check'"))
        waiting = list(
            db.execute(
                text(
                    "SELECT name FROM tasks WHERE state = 'Ready' AND log_id = (SELECT id FROM cases WHERE number = :n)"
                ),
                {"n": held},
            ).scalars()
        )
    assert "triage_check" in waiting
    first = pull(engine, world, "officer")
    with transaction(engine) as db:
        found = db.execute(
            text("SELECT c.number FROM tasks t JOIN cases c ON c.id = t.log_id WHERE t.id = CAST(:id AS uuid)"),
            {"id": first},
        )
        assert found.scalar_one() == late
    left = [pull(engine, world, "officer") for _ in range(2)]
    with transaction(engine) as db:
        names = [
            db.execute(text("SELECT name FROM tasks WHERE id = CAST(:id AS uuid)"), {"id": one}).scalar_one()
            for one in left
            if one
        ]
    assert "triage_check" not in names


def test_many_pull_at_once_and_nobody_gets_what_another_has(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        for _ in range(12):
            world.new_case(db)
    start = Barrier(4)

    def pull_all(who: str) -> list[str]:
        start.wait()
        mine = []
        while (one := pull(engine, world, who)) is not None:
            mine.append(one)
        return mine

    with ThreadPoolExecutor(4) as pool:
        got = list(pool.map(pull_all, ["officer", "other_officer", "officer", "other_officer"]))
    everything = [one for mine in got for one in mine]
    assert len(everything) == len(set(everything)) == 12
    with transaction(engine) as db:
        claims = db.execute(text("SELECT count(*) FROM events WHERE kind = 'claimed'")).scalar_one()
    assert claims == 12


def test_two_pull_from_one_case_and_both_get_something(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    start = Barrier(2)

    def pull_one(_: int) -> str | None:
        start.wait()
        return pull(engine, world, "officer")

    with ThreadPoolExecutor(2) as pool:
        got = list(pool.map(pull_one, range(2)))
    assert None not in got
    assert len(set(got)) == 2


def test_a_case_in_which_somebody_is_at_work_is_passed_over(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        first, second = world.new_case(db), world.new_case(db)
    with transaction(engine) as busy:
        busy.execute(
            text("SELECT 1 FROM logs WHERE id = (SELECT id FROM cases WHERE number = :n) FOR NO KEY UPDATE"),
            {"n": first},
        )
        taken = pull(engine, world, "officer")
    with transaction(engine) as db:
        where = db.execute(
            text("SELECT c.number FROM tasks t JOIN cases c ON c.id = t.log_id WHERE t.id = CAST(:id AS uuid)"),
            {"id": taken},
        ).scalar_one()
    assert where == second


def test_the_same_click_twice_takes_one(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.new_case(db), world.new_case(db)
    request = new_request()
    answers = []
    for _ in range(2):
        with transaction(engine) as db:
            answers.append(take_next(db, world.actor(db, "officer"), request))
    assert answers[0].answer == answers[1].answer
    assert answers[1].repeated


def test_what_was_taken_by_hand_is_not_pulled(engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        world.new_case(db)
        task = db.execute(text("SELECT id FROM tasks")).scalar_one()
        claim_task(db, world.actor(db, "other_officer"), str(task), new_request())
    assert pull(engine, world, "officer") is None
