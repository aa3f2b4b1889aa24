"""`casework check` says in one line each what waits unseen, and where it is repaired."""

from __future__ import annotations

import json
import re

from sqlalchemy import Engine, text

from casework.commands.check import SAYS
from casework.operations.oversight import job_health
from casework.records.database import transaction
from tests.support.databases import run_casework
from tests.support.published import nothing_awaited
from tests.support.way_to_referral import to_referral
from tests.support.world import World


def test_a_sound_installation_has_nothing_that_waits_unseen(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
        nothing_awaited(db)
    done = run_casework("check", environment={"DATABASE_URL": database_url})
    assert (done.returncode, done.stdout) == (0, "Nothing waits unseen.\n")


def test_editions_that_do_not_go_together_any_more_are_told(engine: Engine, database_url: str, world: World) -> None:
    with transaction(engine) as db:
        # As if the second edition, with a guard that the first lacks, had been published after the choice.
        nothing_awaited(db)
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
        nothing_awaited(db)
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


def test_what_waits_for_its_leaf_too_long_is_told(
    engine: Engine, superuser_engine: Engine, database_url: str, world: World
) -> None:
    with transaction(engine) as db:
        nothing_awaited(db)
        to_referral(world, db)
    assert run_casework("check", environment={"DATABASE_URL": database_url}).returncode == 0
    with superuser_engine.begin() as db:
        waiting = db.execute(text("UPDATE awaited_leaves SET since = since - interval '61 seconds'")).rowcount
    done = run_casework("check", environment={"DATABASE_URL": database_url})
    assert done.returncode == 1
    assert done.stdout.startswith(
        f"worker [unsequenced] {waiting} events or readings without a leaf in the signed tree:"
    )


def test_every_delay_has_its_words() -> None:
    kinds = set(re.findall(r"SELECT '(\w+)'", str(job_health._DELAYS)))
    assert kinds == {"untold", "unsent", "unerased", "failing", "overdue_job", "closed_roles", "unsequenced"}
    assert kinds <= set(SAYS)
