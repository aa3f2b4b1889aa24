"""A file of a published edition that was replaced in place changes nothing for what runs by the edition."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.definitions import load_library
from casework.engine.execution.context import Library
from casework.errors import EditionMissing
from casework.ledger.canonical_json import digest
from casework.records.database import transaction
from tests.support.databases import ROOT, run_casework
from tests.support.published import nothing_awaited
from tests.support.world import World


@pytest.fixture
def replaced(tmp_path: Path) -> Path:
    """A folder to run in, whose workflows are ours but for one more day in the first state of the case."""
    shutil.copytree(ROOT / "workflows", tmp_path / "workflows")
    path = tmp_path / "workflows" / "published" / "case-1.json"
    kept = json.loads(path.read_text("utf-8"))
    kept["rules"]["states"][kept["rules"]["initial"]]["due"]["n"] += 1
    kept["fingerprint"] = digest(kept["rules"])
    path.write_text(json.dumps(kept), "utf-8")
    return tmp_path


@pytest.fixture
def address(database_url: str, tmp_path: Path, replaced: Path) -> Iterator[str]:
    """Where a server runs in that folder."""
    with subprocess.Popen(
        [sys.executable, "-m", "casework", "serve", "--port", "0", "--workers", "1"],
        cwd=replaced,
        text=True,
        stdout=subprocess.PIPE,
        env={"DATABASE_URL": database_url, "CASEWORK_PROFILE": "demo", "CASEWORK_VAR": str(tmp_path / "var")},
    ) as server:
        assert server.stdout is not None
        found = re.search(r"http://\S+", server.stdout.readline())
        assert found is not None
        yield found.group()
        server.terminate()


def test_a_running_case_is_shown_and_goes_on(engine: Engine, world: World, address: str) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        task = db.execute(text("SELECT id::text FROM tasks WHERE closed_at IS NULL")).scalars().first()
    for path in (f"/api/v1/cases/{number}", f"/api/v1/tasks/{task}"):
        asked = urllib.request.Request(address + path, headers={"Authorization": f"Bearer {world.tokens['officer']}"})
        with urllib.request.urlopen(asked) as answer:
            assert answer.status == 200


def test_a_new_case_runs_by_what_was_published(engine: Engine, world: World, address: str) -> None:
    asked = urllib.request.Request(
        f"{address}/api/v1/matches/{world.matches[0]}/open",
        method="POST",
        headers={
            "Authorization": f"Bearer {world.tokens['officer']}",
            "Content-Type": "application/json",
            "Idempotency-Key": "the-first-and-only-one",
        },
    )
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 201
    published = load_library().newest["case"]
    with transaction(engine) as db:
        assert db.execute(text("SELECT DISTINCT edition FROM tracks WHERE workflow = 'case'")).scalars().all() == [
            published
        ]


@pytest.mark.parametrize("command", [("check",), ("tick",), ("verify",)])
def test_the_commands_find_nothing_wrong(
    engine: Engine, world: World, database_url: str, replaced: Path, command: tuple[str, ...]
) -> None:
    with transaction(engine) as db:
        world.open_case(db)
        if command == ("check",):
            # No worker is there to give events their leaves, of which it would tell.
            nothing_awaited(db)
    done = run_casework(*command, environment={"DATABASE_URL": database_url}, cwd=replaced)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_upgrade_says_which_file_does_not_count(owner_database_url: str, replaced: Path) -> None:
    done = run_casework("init", environment={"DATABASE_URL": owner_database_url}, cwd=replaced)
    assert done.returncode == 0
    assert done.stderr == (
        "The file of case 1 is not what was published: that stays in force. Publish the change as a new edition.\n"
    )


def test_an_edition_that_is_nowhere_is_named() -> None:
    with pytest.raises(EditionMissing, match="runs by the edition 12ab"):
        Library({}, {})["12ab"]
