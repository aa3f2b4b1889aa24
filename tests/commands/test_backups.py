"""`casework backup` and `casework restore`, in processes of their own: one that is killed or has no room leaves nothing that looks good."""

from __future__ import annotations

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url, text

from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.sequencer import sequence
from casework.records.backup_folders import list_backups
from casework.records.backup_shelves import Folder
from casework.records.database import transaction
from casework.settings import Settings
from tests.jobs.processes import Hand, hands, wait_until
from tests.support.databases import ROOT, DatabaseServer, run_casework
from tests.support.s3_server import SECRET, S3Server
from tests.support.world import World

Environment = dict[str, str]


@pytest.fixture
def environment(
    engine: Engine, settings: Settings, world: World, database_server: DatabaseServer, database_url: str, var_dir: Path
) -> Environment:
    """An office with a case, a document and a signed tree, as its commands find it."""
    own = settings.model_copy(update={"var": var_dir})
    with transaction(engine) as db:
        number = world.open_case(db)
    world.hand_in(document_store_of(engine, own), number)
    sequence(engine, own)
    keeper = database_server.url(str(make_url(database_url).database))
    return {
        "DATABASE_URL": database_url,
        "CASEWORK_VAR": str(var_dir),
        "CASEWORK_BACKUP_DATABASE_URL": keeper,
        "CASEWORK_BACKUP_KEY": "the passphrase of the tests, long enough",
    }


def test_it_is_made_proved_listed_and_restored_elsewhere(
    environment: Environment, empty_database_url: str, tmp_path: Path
) -> None:
    """The whole way of an office that goes on on another machine, and verifies there."""
    root = str(tmp_path / "backups")
    made = run_casework("backup", root, "--json", environment=environment)
    told = json.loads(made.stdout)
    assert (made.returncode, told["good"], told["encrypted"], told["proof"]["faults"]) == (0, True, True, [])
    assert " good, proved " in run_casework("backup", "list", root, environment=environment).stdout
    there = {**environment, "DATABASE_URL": empty_database_url, "CASEWORK_VAR": str(tmp_path / "there")}
    key = (Path(environment["CASEWORK_VAR"]) / "secret_key").read_text()
    restored = run_casework("restore", root, environment={**there, "CASEWORK_SECRET_KEY": key})
    assert restored.returncode == 0, restored.stderr
    assert restored.stdout.startswith(f"Restored {told['name']}: ")
    assert "and 1 documents as of" in restored.stdout
    verified = run_casework("verify", environment={**there, "CASEWORK_SECRET_KEY": key})
    assert "nothing is wrong" in verified.stdout
    again = run_casework("restore", root, environment={**there, "CASEWORK_SECRET_KEY": key})
    assert (again.returncode, again.stdout) == (1, "")
    assert "is not empty, and nothing of it was changed" in again.stderr


def test_one_that_nobody_has_proved_is_not_called_good(environment: Environment, tmp_path: Path) -> None:
    assert run_casework("backup", str(tmp_path), "--no-verify", environment=environment).returncode == 0
    assert "not proved" in run_casework("backup", "list", str(tmp_path), environment=environment).stdout
    refused = run_casework("restore", str(tmp_path), environment=environment)
    assert refused.returncode == 1
    assert "there is no good backup" in refused.stderr
    (tmp_path / list_backups(Folder(tmp_path))[0].name / "documents.tar").write_bytes(b"")
    proved = run_casework("backup", "verify", str(tmp_path), environment=environment)
    assert proved.returncode == 1
    assert "documents.tar has 0 bytes" in proved.stdout
    assert "NOT GOOD" in run_casework("backup", "list", str(tmp_path), environment=environment).stdout


def test_one_that_is_killed_halfway_leaves_nothing_that_looks_good(
    environment: Environment, superuser_engine: Engine, tmp_path: Path
) -> None:
    with superuser_engine.begin() as db:
        # The dump waits for it, in the middle of everything.
        # However slow the machine is.
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        db.execute(text("LOCK TABLE witnesses IN ACCESS EXCLUSIVE MODE"))
        killed = subprocess.Popen(
            [sys.executable, "-m", "casework", "backup", str(tmp_path), "--no-verify"],
            env={"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **environment},
            cwd=ROOT,
            start_new_session=True,
        )
        wait_until(lambda: list(tmp_path.glob("*/documents.tar")), "the middle")
        time.sleep(0.5)
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert list(tmp_path.glob("*/half.json"))
    assert list_backups(Folder(tmp_path)) == []
    listed = run_casework("backup", "list", str(tmp_path), environment=environment)
    assert listed.stdout == f"There is no backup in {tmp_path}.\n"
    assert run_casework("backup", str(tmp_path), "--no-verify", environment=environment).returncode == 0
    assert (len(list_backups(Folder(tmp_path))), list(tmp_path.glob("*/half.json"))) == (1, [])


def test_where_there_is_no_room_there_is_no_backup(environment: Environment, tmp_path: Path) -> None:
    """No file may grow beyond 30 kB: as a disk that is full, whatever user it is."""
    done = subprocess.run(
        [sys.executable, "-m", "casework", "backup", str(tmp_path), "--no-verify"],
        env={"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000)),
    )
    assert done.returncode == 1
    assert "No backup was made" in done.stderr
    assert list_backups(Folder(tmp_path)) == []
    assert list(tmp_path.glob("*/half.json")) == []


def test_a_worker_makes_one_when_it_is_due(environment: Environment, tmp_path: Path) -> None:
    """And proves it; a second worker finds nothing left to do, and the page Jobs tells of it."""
    root = tmp_path / "backups"
    root.mkdir()
    given = {**environment, "CASEWORK_PROFILE": "test", "CASEWORK_BACKUP_FOLDER": str(root)}
    late = run_casework("check", environment=given)
    assert "[no_backup]" in late.stdout
    worker = Hand(given, 0, tmp_path / "worker.log")
    worker.log.touch()
    with hands(worker):
        worker.start()
        wait_until(lambda: [one for one in list_backups(Folder(root)) if one.is_good], "a good backup")
        wait_until(lambda: "is good" in worker.log.read_text(), "what the worker says")
        assert worker.stop() == 0
    assert len(list_backups(Folder(root))) == 1
    assert "[no_backup]" not in run_casework("check", environment=given).stdout
    shutil.rmtree(root)


@pytest.fixture
def in_bucket(environment: Environment, s3: S3Server, tmp_path: Path) -> Environment:
    return {**environment, **s3.environment(f"{tmp_path.name}/backups")}


def test_in_a_bucket_it_is_made_pruned_and_restored_on_a_machine_that_has_nothing(
    in_bucket: Environment, s3: S3Server, empty_database_url: str, tmp_path: Path
) -> None:
    root = in_bucket["CASEWORK_BACKUP_FOLDER"]
    first = json.loads(run_casework("backup", root, "--json", environment=in_bucket).stdout)
    made = run_casework("backup", root, "--keep", "1", "--json", environment=in_bucket)
    told = json.loads(made.stdout)
    assert (told["good"], told["encrypted"], told["pruned"]) == (True, True, [first["name"]])
    listed = run_casework("backup", "list", root, environment=in_bucket)
    assert (len(listed.stdout.splitlines()), " good, proved " in listed.stdout) == (1, True)
    key = (Path(in_bucket["CASEWORK_VAR"]) / "secret_key").read_text()
    var = tmp_path / "there"
    there = {**in_bucket, "DATABASE_URL": empty_database_url, "CASEWORK_VAR": str(var), "CASEWORK_SECRET_KEY": key}
    restored = run_casework("restore", root, environment=there)
    assert restored.stdout.startswith(f"Restored {told['name']}: "), restored.stderr
    assert "nothing is wrong" in run_casework("verify", environment=there).stdout
    dump = s3.place(f"{tmp_path.name}/backups/{told['name']}/database.dump")
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    proved = run_casework("backup", "verify", f"{root}/{told['name']}", environment=in_bucket)
    assert (proved.returncode, "database.dump was changed since it was written" in proved.stdout) == (1, True)
    said = " ".join(one.stdout + one.stderr for one in (made, listed, restored, proved))
    assert SECRET not in said


def test_one_that_is_killed_while_it_uploads_is_none_and_goes_with_the_next(
    in_bucket: Environment, superuser_engine: Engine, s3: S3Server, tmp_path: Path
) -> None:
    root, place = in_bucket["CASEWORK_BACKUP_FOLDER"], s3.place(f"{tmp_path.name}/backups")
    with superuser_engine.begin() as db:
        # However slow the machine is.
        db.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        db.execute(text("LOCK TABLE witnesses IN ACCESS EXCLUSIVE MODE"))
        killed = subprocess.Popen(
            [sys.executable, "-m", "casework", "backup", root, "--no-verify"],
            env={"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **in_bucket},
            cwd=ROOT,
            start_new_session=True,
        )
        wait_until(lambda: list(place.glob("*/documents.tar")), "the middle")
        os.killpg(killed.pid, signal.SIGKILL)
        killed.wait()
    assert run_casework("backup", "list", root, environment=in_bucket).stdout == f"There is no backup in {root}.\n"
    assert [one.name for one in place.glob("*/half.json")] == ["half.json"]
    assert run_casework("backup", root, "--no-verify", environment=in_bucket).returncode == 0
    assert (len(list(place.glob("*/manifest.json"))), list(place.glob("*/half.json"))) == (1, [])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"CASEWORK_BACKUP_S3_SECRET_ACCESS_KEY": "another-secret-4567"},
            "the secret does not belong to the access key",
        ),
        ({"CASEWORK_BACKUP_FOLDER": "s3://nobodys/backups"}, "there is no such bucket"),
        ({"CASEWORK_BACKUP_S3_ACCESS_KEY_ID": ""}, "set CASEWORK_BACKUP_S3_ACCESS_KEY_ID"),
    ],
)
def test_a_bucket_that_cannot_be_used_is_told_with_what_to_do(
    in_bucket: Environment, more: Environment, said: str
) -> None:
    """By the command and by the doctor, without the secret."""
    given = {**in_bucket, **more}
    made = run_casework("backup", given["CASEWORK_BACKUP_FOLDER"], environment=given)
    assert (made.returncode, made.stdout) == (1, "")
    assert said in made.stderr
    doctor = run_casework("doctor", environment=given)
    assert said in doctor.stdout
    everything = made.stderr + doctor.stdout + doctor.stderr
    assert not [one for one in (SECRET, "another-secret-4567") if one in everything]


def test_a_worker_makes_one_in_a_bucket(in_bucket: Environment, tmp_path: Path) -> None:
    worker = Hand({**in_bucket, "CASEWORK_PROFILE": "test"}, 0, tmp_path / "worker.log")
    worker.log.touch()
    with hands(worker):
        worker.start()
        wait_until(lambda: "is good" in worker.log.read_text(), "a good backup")
        assert worker.stop() == 0
    assert SECRET not in worker.log.read_text()
    assert "[no_backup]" not in run_casework("check", environment=in_bucket).stdout
