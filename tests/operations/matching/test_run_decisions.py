"""A run tells who decided what on its candidates, and when."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import NotFound
from casework.json_values import JsonObject
from casework.operations.auth.sessions import close_account
from casework.operations.core.presenters import when
from casework.operations.matching.decisions import Decision, decide
from casework.operations.matching.runs import show_run
from casework.operations.people import registry
from casework.records.database import transaction
from casework.records.event_log import now
from tests.operations.matching.test_runs import put, run
from tests.operations.privacy.erasure_scene import Scene as Erasing
from tests.support.world import World, new_request

WHY: dict[str, Any] = {"code": "not_ready", "reason": "It is an idea."}


def searched(world: World, db: Connection) -> tuple[dict[str, str], str]:
    ids = put(world, db)
    return ids, run(world, db, ids["need"], relaxed={"readiness": "All of them."})


def say(world: World, db: Connection, who: str, made: str, technology: str, decision: Decision, **more: Any) -> None:
    decide(db, world.actor(db, who), made, technology=technology, decision=decision, request=new_request(), **more)


def told(world: World, db: Connection, made: str, technology: str, who: str = "auditor") -> JsonObject:
    (one,) = [one for one in show_run(db, world.actor(db, who), made).decisions if one["technology"] == technology]
    return one


@pytest.mark.parametrize(
    ("decision", "more"), [("accept", {}), ("shortlist", {}), ("refuse", WHY)], ids=["accept", "shortlist", "refuse"]
)
def test_a_decision_says_by_whom_and_when(
    world: World, db: Connection, decision: Decision, more: dict[str, Any]
) -> None:
    ids, made = searched(world, db)
    before = when(now(db))
    say(world, db, "supervisor", made, ids["pump"], decision, **more)
    one = told(world, db, made, ids["pump"])
    assert one["by"] == {"id": world.people["supervisor"], "name": "Supervisor"}
    assert before < one["at"] < when(now(db))
    assert (one["decision"], one["code"], one["reason"]) == (decision, more.get("code"), more.get("reason"))


def test_of_two_who_decided_the_one_is_told_whose_decision_stands(world: World, db: Connection) -> None:
    ids, made = searched(world, db)
    say(world, db, "officer", made, ids["pump"], "shortlist")
    listed = told(world, db, made, ids["pump"])["at"]
    say(world, db, "supervisor", made, ids["pump"], "accept")
    one = told(world, db, made, ids["pump"])
    assert (one["decision"], one["by"]["name"]) == ("accept", "Supervisor")
    assert one["at"] > listed


def test_of_what_nobody_decides_on_any_more_nobody_is_told(world: World, db: Connection) -> None:
    ids, made = searched(world, db)
    say(world, db, "officer", made, ids["pump"], "shortlist")
    say(world, db, "officer", made, ids["pump"], "take_off")
    one = told(world, db, made, ids["pump"])
    assert (one["decision"], one["by"], one["at"]) == ("open", None, None)


@pytest.mark.parametrize("who", ["provider", "observer", "foreign_officer"])
def test_nobody_else_is_told(world: World, db: Connection, who: str) -> None:
    ids, made = searched(world, db)
    say(world, db, "officer", made, ids["pump"], "accept")
    with pytest.raises(NotFound):
        show_run(db, world.actor(db, who), made)


def test_of_somebody_who_is_erased_no_name_is_left(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        person = registry.register_person(db, email="otto@example.org", name="Ottoline Gray", password_hash=None)
        registry.grant_role(db, person, "officer", programme=world.programmes["BJ"])
        world.people["leaver"] = person
        ids, made = searched(world, db)
        say(world, db, "leaver", made, ids["idea"], "refuse", code="not_ready", reason="Ottoline Gray says so.")
        assert told(world, db, made, ids["idea"])["by"]["name"] == "Ottoline Gray"
        close_account(db, person)
    Erasing(engine, engine, world, person, "").erase(words=["Ottoline Gray"])
    with transaction(engine) as db:
        one = told(world, db, made, ids["idea"])
        assert one["by"] == {"id": person, "name": "Erased person 1"}
        assert "Ottoline" not in str(one)
