"""`casework migrate` plans, tries, moves and takes back, in the name of a supervisor, and goes on where it was stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from click.testing import CliRunner, Result
from sqlalchemy import Engine, text

from casework.cli import main
from casework.operations.core.perform import home_of
from casework.operations.people.case_migrations import stands_alike
from casework.operations.verification.service import verify_all
from casework.records.case_loader import load
from casework.records.database import transaction
from tests.jobs.processes import wait_until
from tests.operations.people.migration_scene import publish_next
from tests.support.databases import ROOT
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


#: Each move takes a while, so that a kill falls between two cases, or into one.
_SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.4); RETURN NEW; END $$;
    CREATE TRIGGER slow BEFORE INSERT ON events FOR EACH ROW WHEN (NEW.kind = 'migrated') EXECUTE FUNCTION slow();
"""


def test_killed_in_the_middle_it_goes_on_and_goes_back_as_it_was(
    world: World, engine: Engine, owner_engine: Engine, superuser_engine: Engine, database_url: str
) -> None:
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(4)]
        homes = [home_of(db, number) for number in numbers]
    publish_next(owner_engine)
    with superuser_engine.begin() as db:
        db.execute(text(_SLOW))
    environment = {"DATABASE_URL": database_url, "CASEWORK_PROFILE": "test"}

    def moved() -> list[int]:
        with transaction(engine) as db:
            rows = text("SELECT count(*) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'migrated'")
            return [db.execute(rows, {"log": home}).scalar_one() for home in homes]

    def sessions() -> set[int]:
        with transaction(engine) as db:
            return set(
                db.execute(text("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")).scalars()
            )

    def told(*asked: str) -> Json:
        done = CliRunner().invoke(main, ["migrate", *asked, *_WHO], env=environment)
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    with transaction(engine) as db:
        before = [load(db, home, "case") for home in homes]
    digest = told("plan", *_PLAN)["plan"]
    asked = ["run", *_PLAN, *_WHO, "--plan", digest]
    ours = sessions()
    with subprocess.Popen(
        [sys.executable, "-m", "casework", "migrate", *asked],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        wait_until(lambda: sum(moved()), "a case")
        process.kill()
    # What it had sent last is still done, or undone.
    wait_until(lambda: sessions() <= ours, "the end of its sessions")
    left = len(homes) - sum(moved())
    assert 0 < left < len(homes)
    assert list(verify_all(engine)) == []
    assert len(told("run", *_PLAN, "--plan", digest)["cases"]) == left
    assert moved() == [1] * len(homes)
    assert list(verify_all(engine)) == []
    assert len(told("revert", digest)["cases"]) == len(homes)
    with transaction(engine) as db:
        assert all(stands_alike(load(db, home, "case"), was) for home, was in zip(homes, before, strict=True))
    assert list(verify_all(engine)) == []
