"""`casework checkpoint` and `casework log key rotate` on a log that was signed; production starts on no older one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from casework.ledger.signed_notes import open_checkpoint, open_note, parse_public_key
from casework.operations.verification.sequencer import sequence
from casework.records import log_keys
from casework.settings import Settings
from tests.support.databases import run_casework
from tests.support.world import World


@pytest.fixture
def environment(engine: Engine, world: World, settings: Settings, database_url: str) -> dict[str, str]:
    sequence(engine, settings)
    return {"DATABASE_URL": database_url, "CASEWORK_VAR": str(settings.var)}


def test_the_newest_checkpoint_is_printed_as_it_was_signed(environment: dict[str, str], settings: Settings) -> None:
    printed = run_casework("checkpoint", environment=environment).stdout
    assert open_checkpoint(printed, log_keys.public_keys(settings)).size > 0
    key = run_casework("checkpoint", "--key", environment=environment).stdout
    assert open_checkpoint(printed, [parse_public_key(key.strip())]).size > 0


def test_a_key_is_followed_by_another(environment: dict[str, str], settings: Settings) -> None:
    before = log_keys.read_key(settings)
    done = run_casework("log", "key", "rotate", environment=environment)
    after = parse_public_key(done.stdout.strip())
    assert "From here on this key signs" in done.stderr
    (line,) = (json.loads(one) for one in done.stderr.splitlines() if one.startswith("{"))
    assert (line["event"], line["old"], line["new"]) == ("key_rotated", before.public.id.hex(), after.id.hex())
    assert line["logger"] == "casework.security"
    keys = run_casework("checkpoint", "--key", environment=environment).stdout.split()
    assert keys == [before.public.line, after.line]
    note = run_casework("checkpoint", environment=environment).stdout
    assert open_note(note, [before.public, after])[1] == (before.public, after)


def test_without_a_key_it_says_what_to_start(database_url: str, world: World, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path)}
    for command in (("checkpoint",), ("checkpoint", "--key"), ("log", "key", "rotate")):
        done = run_casework(*command, environment=environment)
        assert (done.returncode, done.stdout) == (1, "")
        assert "start the worker first" in done.stderr


def test_a_history_goes_on_from_a_checkpoint_that_was_kept(
    engine: Engine, superuser_engine: Engine, world: World, environment: dict[str, str], tmp_path: Path
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(run_casework("checkpoint", environment=environment).stdout)
    assert run_casework("verify", "--checkpoint", str(kept), environment=environment).returncode == 0
    with superuser_engine.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        db.execute(
            text("UPDATE tree_tiles SET hashes = overlay(hashes PLACING sha256('') FROM 1) WHERE level = 0 AND n = 0")
        )
    done = run_casework("verify", "--checkpoint", str(kept), environment=environment)
    assert done.returncode == 1
    assert "is not the one of its leaf" in done.stdout
    assert "is not the one that was signed" in done.stdout


def test_a_checkpoint_of_another_log_is_not_used(environment: dict[str, str], tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("another\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n\u2014 another AAAAAAAAAA==\n")
    done = run_casework("verify", "--checkpoint", str(other), environment=environment)
    assert (done.returncode, done.stdout) == (1, "")
    assert "cannot be used" in done.stderr


@pytest.mark.parametrize("beside", ["BJ-2026-001", "--file"])
def test_a_checkpoint_that_would_not_be_compared_is_refused(
    environment: dict[str, str], tmp_path: Path, beside: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_text("")
    arguments = ["--file", str(kept)] if beside == "--file" else [beside]
    done = run_casework("verify", *arguments, "--checkpoint", str(kept), environment=environment)
    assert done.returncode == 2
    assert "leave CASE and --file away" in done.stderr
