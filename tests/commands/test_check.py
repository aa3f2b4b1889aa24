"""`casework check` says in one line each what waits unseen, and where it is repaired."""

from __future__ import annotations

import json

from sqlalchemy import Engine, text

from casework.records.database import transaction
from tests.support.databases import run_casework
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def test_a_sound_installation_has_nothing_that_waits_unseen(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
    done = run_casework("check", environment={"DATABASE_URL": database_url})
    assert (done.returncode, done.stdout) == (0, "Nothing waits unseen.\n")


def test_editions_that_do_not_go_together_any_more_are_told(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        # As if the second edition, with a guard that the first lacks, had been published after the choice.
        db.execute(text("UPDATE programmes SET editions = '{\"referral\": 1}' WHERE code = 'BJ'"))
    done = run_casework("check", environment={"DATABASE_URL": database_url})
    assert done.returncode == 1
    line, count = done.stdout.splitlines()
    assert line.startswith(
        "BJ [editions_apart] begins by editions that do not go together any more: referral: edition 1 "
    )
    assert line.endswith(f"/programmes/{world.programmes['BJ']}/settings/editions")
    assert count == "1 findings."


def test_each_finding_is_one_line_with_its_repair(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        number, _ = to_referral(world, db)
        db.execute(text("UPDATE cases SET owner_id = NULL"))
    environment = {"DATABASE_URL": database_url, "CASEWORK_BASE_URL": "https://casework.example"}
    done = run_casework("check", environment=environment)
    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        f"{number} [no_owner] nobody owns it https://casework.example/cases/{number}",
        "1 findings.",
    ]
    told = json.loads(run_casework("check", "--json", environment=environment).stdout)
    assert told["count"] == 1
    assert told["findings"][0]["kind"] == "no_owner"
