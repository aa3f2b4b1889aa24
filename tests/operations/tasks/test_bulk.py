"""The same action on several tasks: tried without a trace, done as far as it goes, once for a key."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.operations.core.idempotency import Request
from casework.operations.tasks.bulk import do_to_tasks, show_chosen, why_not
from casework.operations.tasks.queues import list_tasks
from casework.operations.tasks.service import claim_task
from tests.support.world import World, new_request, today


@pytest.fixture
def chosen(world: World, db: Connection) -> list[str]:
    """The step tasks of three new cases, which lie in the intake."""
    for _ in range(3):
        world.new_case(db)
    return [one.id for one in list_tasks(db, world.actor(db, "officer"), view="queue").items]


def holders(db: Connection, ids: list[str]) -> set[str | None]:
    rows = db.execute(text("SELECT holder_id FROM tasks WHERE id = ANY(CAST(:ids AS uuid[]))"), {"ids": ids})
    return set(rows.scalars())


def test_a_try_tells_of_each_and_leaves_nothing_behind(world: World, db: Connection, chosen: list[str]) -> None:
    claim_task(db, world.actor(db, "other_officer"), chosen[0], new_request())
    events = "SELECT count(*) FROM events"
    before = db.execute(text(events)).scalar_one()
    told = do_to_tasks(db, world.actor(db, "officer"), chosen, "claim", {}, request=new_request(), dry_run=True).answer
    assert [one["done"] for one in told["items"]] == [False, True, True]
    assert db.execute(text(events)).scalar_one() == before


def test_what_refuses_one_keeps_no_other_from_being_done(world: World, db: Connection, chosen: list[str]) -> None:
    claim_task(db, world.actor(db, "other_officer"), chosen[1], new_request())
    told = do_to_tasks(db, world.actor(db, "officer"), chosen, "claim", {}, request=new_request()).answer
    assert (told["done"], [one["task"] for one in told["items"] if one["why"]]) == (2, [chosen[1]])
    assert holders(db, chosen) == {world.people["officer"], world.people["other_officer"]}


def test_the_same_request_is_not_done_twice(world: World, db: Connection, chosen: list[str]) -> None:
    request = new_request()
    first = do_to_tasks(db, world.actor(db, "officer"), chosen, "claim", {}, request=request)
    again = do_to_tasks(db, world.actor(db, "officer"), chosen, "claim", {}, request=request)
    assert again.repeated
    assert again.answer == first.answer


def test_each_is_done_with_the_longest_key_that_there_is(world: World, db: Connection, chosen: list[str]) -> None:
    request = Request("k" * 200, "d")
    assert do_to_tasks(db, world.actor(db, "officer"), chosen, "claim", {}, request=request).answer["done"] == 3
    assert holders(db, chosen) == {world.people["officer"]}


def test_several_are_held_until_a_day_or_assigned(world: World, db: Connection, chosen: list[str]) -> None:
    assigned = do_to_tasks(
        db,
        world.actor(db, "supervisor"),
        chosen,
        "assign",
        {"person": world.people["officer"], "note": "Yours"},
        request=new_request(),
    ).answer
    assert assigned["done"] == 3
    told = {
        "until": today().replace(year=today().year + 1).isoformat(),
        "waits_for": "authority",
        "reason": "The register is shut",
    }
    assert (
        do_to_tasks(db, world.actor(db, "officer"), chosen, "suspend", told, request=new_request()).answer["done"] == 3
    )


def test_what_has_a_form_is_not_finished_at_once(world: World, db: Connection) -> None:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    id = db.execute(text("SELECT id FROM tasks WHERE name = 'triage_check'")).scalar_one()
    told = do_to_tasks(
        db, world.actor(db, "officer"), [str(id)], "complete", {}, request=new_request(), dry_run=True
    ).answer
    assert told["items"][0]["why"] == "This cannot be done now: It has its own form: open the task to fill it in."
    assert show_chosen(db, world.actor(db, "officer"), [str(id)]).may["complete"] == 0


def test_what_must_be_told_is_asked_for(world: World, db: Connection, chosen: list[str]) -> None:
    with pytest.raises(InvalidForm) as refusal:
        do_to_tasks(db, world.actor(db, "supervisor"), chosen, "assign", {}, request=new_request())
    assert set(refusal.value.fields) == {"person", "note"}


def test_a_task_that_one_does_not_see_is_not_there(world: World, db: Connection, chosen: list[str]) -> None:
    foreign = world.actor(db, "foreign_officer")
    told = do_to_tasks(db, foreign, chosen, "claim", {}, request=new_request()).answer
    assert {one["why"] for one in told["items"]} == {"There is no such task, or you may not see it."}
    assert show_chosen(db, foreign, chosen).items == []


def test_why_one_was_refused_is_read_also_of_an_answer_that_was_kept_long_ago(
    world: World, db: Connection, chosen: list[str]
) -> None:
    claim_task(db, world.actor(db, "other_officer"), chosen[0], new_request())
    told = do_to_tasks(db, world.actor(db, "officer"), chosen, "claim", {}, request=new_request()).answer
    refused, done, _ = (json.loads(json.dumps(one)) for one in told["items"])
    assert str(why_not(refused)) == refused["why"]
    assert why_not(done) is None
    kept = {name: refused[name] for name in ("task", "done", "why")}
    assert str(why_not(kept)) == str(why_not(kept | {"refusal": None})) == refused["why"]
