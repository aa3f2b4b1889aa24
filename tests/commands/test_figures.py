"""`casework figures` tells a programme's figures as an object or as lines, up to a moment."""

from __future__ import annotations

import json

from sqlalchemy import Engine, text

from casework.operations.oversight.figures import count_programme, show_counted
from casework.operations.oversight.kept_figures import count_ahead
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.databases import run_casework
from tests.support.world import World


def test_the_command_tells_what_the_logs_say_up_to_a_moment(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    with transaction(engine) as db:
        at = now(db)
        wanted = show_counted(count_programme(db, world.programmes["BJ"], at))
        world.open_case(db, 1)
    environment, asked = {"DATABASE_URL": database_url}, ("figures", "--programme", "BJ", "--as-of", at.isoformat())
    done = run_casework(*asked, "--json", environment=environment)
    assert (done.returncode, json.loads(done.stdout)) == (0, wanted)
    lines = run_casework(*asked, environment=environment).stdout.splitlines()
    assert "  step opened, next interest_confirmed: 0 of 1" in lines


def test_of_several_programmes_one_is_named(database_url: str, world: World) -> None:
    environment = {"DATABASE_URL": database_url}
    assert "--programme takes one of BJ, SH" in run_casework("figures", environment=environment).stderr
    unknown = run_casework("figures", "--programme", "XX", environment=environment)
    assert (unknown.returncode, unknown.stdout) == (1, "")


def test_what_a_worker_keeps_is_compared_with_the_logs(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    count_ahead(engine, world.programmes["BJ"])
    environment, asked = {"DATABASE_URL": database_url}, ("figures", "--programme", "BJ", "--check")
    done = run_casework(*asked, environment=environment)
    assert (done.returncode, done.stdout) == (0, "What is kept for figures is what the logs tell.\n")
    with transaction(engine) as db:
        db.execute(text("UPDATE kept_figure_lines SET cases = '{}'"))
    done = run_casework(*asked, environment=environment)
    assert done.returncode == 1
    assert done.stdout.splitlines()[-1] == "1 differ."
    assert run_casework(*asked, environment=environment).returncode == 0
