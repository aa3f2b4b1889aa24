"""Whoever remembers the hashes of all that was verified is told the first event or reading that is another, or that is gone."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import LogUnusable
from casework.operations.core.access_log import note_reading
from casework.operations.core.perform import home_of
from casework.operations.verification.remembered_events import compare_remembered, keep_remembered, read_remembered
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.verification.forger import rebuild
from tests.support.databases import run_casework
from tests.support.world import World


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def told(db: Connection, state: Path) -> list[str]:
    return [one.sentence for one in compare_remembered(db, read_remembered(state))]


def test_what_goes_on_is_no_other(world: World, db: Connection, state: Path) -> None:
    world.new_case(db)
    keep_remembered(db, state)
    world.new_case(db)
    note_reading(db, world.actor(db, "auditor"), "/cases")
    assert told(db, state) == []


def test_nothing_is_remembered_by_a_file_that_is_not_there(world: World, db: Connection, state: Path) -> None:
    assert read_remembered(state) == {}
    assert told(db, state) == []


def test_the_file_is_for_its_owner_alone(world: World, db: Connection, state: Path) -> None:
    """It names all logs, those of sealed mediations too."""
    keep_remembered(db, state)
    assert stat.S_IMODE(state.stat().st_mode) == 0o600
    assert [path.name for path in state.parent.iterdir() if path.name.startswith("tmp")] == []


@pytest.mark.parametrize(
    "content", ["", "another 1\n", "casework verify 1\nevents x\n", "casework verify 1\nevents x AAAA\n"]
)
def test_a_file_of_another_form_is_refused(content: str, state: Path) -> None:
    state.write_text(content)
    with pytest.raises(LogUnusable, match="cannot be read"):
        read_remembered(state)


def test_a_folder_that_cannot_be_written_is_told(world: World, db: Connection, tmp_path: Path) -> None:
    with pytest.raises(LogUnusable, match="cannot be read"):
        keep_remembered(db, tmp_path / "nowhere" / "state")


_THAT = "when all was verified before."
REWRITTEN = {
    "DELETE FROM events WHERE log_id = CAST(:log AS uuid) AND seq = 2": f"Event 2 is not the one that was there {_THAT}",
    "DELETE FROM events WHERE log_id = CAST(:log AS uuid) AND seq > 2": f"Event 3 is missing, and was there {_THAT}",
    "DELETE FROM events WHERE log_id = CAST(:log AS uuid)": f"Event 1 is missing, and was there {_THAT}",
    "UPDATE events SET hash = 'none' WHERE log_id = CAST(:log AS uuid) AND seq = 3": (
        f"Event 3 is not the one that was there {_THAT}"
    ),
}


@pytest.mark.parametrize("statement", REWRITTEN)
def test_the_first_event_that_is_another_or_gone_is_named(
    statement: str, world: World, superuser_engine: Engine, engine: Engine, state: Path
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        log = home_of(db, number)
        for n in range(3):
            world.write(db, "officer", load(db, log, "case"), words=f"Note {n}.")
        keep_remembered(db, state)
    with superuser_engine.connect() as attack, attack.begin():
        attack.execute(text("SET LOCAL session_replication_role = replica"))
        attack.execute(text(statement), {"log": log})
        (found,) = compare_remembered(attack, read_remembered(state))
    assert (found.sentence, found.log, found.number) == (REWRITTEN[statement], log, number)


def test_the_command_names_it_and_keeps_what_it_knew(
    world: World, superuser_engine: Engine, engine: Engine, settings: Settings, database_url: str, state: Path
) -> None:
    with transaction(engine) as db:
        log = home_of(db, world.new_case(db))
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(settings.var)}
    assert run_casework("verify", "--state", str(state), environment=environment).returncode == 0
    before = state.read_bytes()
    with superuser_engine.begin() as attack:
        attack.execute(text("SET LOCAL session_replication_role = replica"))
        rebuild(attack, log, lambda rows: rows[0]["body"].clear())
    done = run_casework("verify", "--state", str(state), environment=environment)
    assert done.returncode == 1
    assert "event 1 [rewritten] Event 1 is not the one that was there when all was verified before." in done.stdout
    assert state.read_bytes() == before


def test_it_is_compared_with_everything_alone(settings: Settings, database_url: str, state: Path) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(settings.var)}
    done = run_casework("verify", "BJ-2026-0001", "--state", str(state), environment=environment)
    assert (done.returncode, "leave CASE and --file away" in done.stderr) == (2, True)
