"""`casework process` tells how cases ran, as an object or as lines."""

from __future__ import annotations

import json

from sqlalchemy import Engine

from casework.operations.oversight.process import tell_process
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.databases import run_casework
from tests.support.world import World


def test_the_command_tells_what_the_logs_say(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        world.fire(db, "officer", number, "take")
    with transaction(engine) as db:
        at = now(db)
        wanted = tell_process(db, world.programmes["BJ"], at)
    asked = ("process", "--programme", "BJ", "--as-of", at.isoformat())
    environment = {"DATABASE_URL": database_url}
    assert json.loads(run_casework(*asked, "--json", environment=environment).stdout) == wanted
    lines = run_casework(*asked, environment=environment).stdout.splitlines()
    assert "  100.0 %, 1: take" in lines
    assert "actions that are not as the edition says, of 1:" in lines
