"""`casework migrate` plans, tries, moves and takes back, in the name of a supervisor, and goes on where it was stopped."""

from __future__ import annotations

import json
from typing import Any

from click.testing import CliRunner, Result
from sqlalchemy import Engine

from casework.cli import main
from casework.records.database import transaction
from tests.operations.people.migration_scene import publish_next
from tests.support.world import World

Json = Any
_PLAN = ("case", "1", "2", "--state", "consent=agreeing")
_WHO = ("--programme", "BJ", "--as", "supervisor@example.org", "--json")


def test_it_plans_tries_moves_in_parts_and_takes_back(
    world: World, engine: Engine, owner_engine: Engine, database_url: str
) -> None:
    with transaction(engine) as db:
        numbers = {world.new_case(db), world.new_case(db)}
    publish_next(owner_engine)

    def run(*asked: str) -> Result:
        environment = {"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test"}
        return CliRunner().invoke(main, ["migrate", *asked], env=environment)

    def told(*asked: str) -> Json:
        done = run(*asked, *_WHO)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def outcomes(said: Json) -> dict[str, str]:
        return {one["number"]: one["outcome"] for one in said["cases"]}

    plan = told("plan", *_PLAN)
    assert (outcomes(plan), plan["by_hand"]) == (dict.fromkeys(numbers, "moves"), [])
    assert outcomes(told("try", *_PLAN)) == outcomes(plan)
    assert run("run", *_PLAN, *_WHO, "--plan", "0" * 64).exit_code == 1
    digest = ("--plan", plan["plan"])
    first = outcomes(told("run", *_PLAN, *digest, "--most", "1"))
    rest = outcomes(told("run", *_PLAN, *digest))
    assert (len(first), first.keys() | rest.keys(), first.keys() & rest.keys()) == (1, numbers, set())
    assert told("run", *_PLAN, *digest)["cases"] == []
    assert outcomes(told("revert", plan["plan"])) == dict.fromkeys(numbers, "moves")
    assert told("revert", plan["plan"])["cases"] == []
    # In plain words too, and for nobody else.
    words = run("plan", *_PLAN, *_WHO[:-1])
    assert f"Plan {plan['plan']}" in words.stdout
    assert "moves 2" in words.stdout
    refused = run("plan", *_PLAN, "--programme", "BJ", "--as", "officer@example.org")
    assert (refused.exit_code, "Traceback" in refused.output) == (1, False)
