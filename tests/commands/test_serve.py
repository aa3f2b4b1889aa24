"""The command `serve` says in one line why it cannot."""

from __future__ import annotations

import gc
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import QueuePool, create_engine, make_url, text

from casework.commands.serve import YOUNG_OBJECTS, Server, insist_ready, run
from casework.matching.dictionary import cc_cedict
from casework.records import log_keys
from casework.records.database_checks import faults
from casework.records.log_keys import Kept, keep_last
from casework.settings import Settings
from tests.support.databases import ROOT, DatabaseServer, run_casework


def test_a_port_that_is_taken_is_said_at_once(database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path), "CASEWORK_PROFILE": "demo"}
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run_casework("serve", "--port", str(port), environment=environment)
    assert done.returncode == 1
    assert (
        done.stderr.strip()
        == f"Error: Cannot listen on 127.0.0.1, port {port}: Address already in use. Choose another."
    )


def test_a_host_that_is_none_is_said_at_once(database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path), "CASEWORK_PROFILE": "demo"}
    done = run_casework("serve", "--host", "nowhere.invalid", environment=environment)
    assert done.returncode == 1
    assert done.stderr.startswith("Error: Cannot listen on nowhere.invalid")


GOOD = {
    "CASEWORK_PROFILE": "production", "CASEWORK_TRUSTED_HOSTS": "casework.example",
    "CASEWORK_SECRET_KEY": "V8s-Qm2xLr7TzKp0WdYc5NfHb3JgUa9E", "CASEWORK_SCANNER": "none",
    "CASEWORK_PROXY_HOPS": "1",
}  # fmt: skip
#: One of each kind is tried with each command; `tests/records/test_production_settings.py` has all that is wrong in settings.
REFUSED = [
    ({"CASEWORK_SECRET_KEY": ""}, "CASEWORK_SECRET_KEY must be set, with at least 32 random characters"),
    ({"CASEWORK_SECRET_KEY": "too short"}, "CASEWORK_SECRET_KEY must be set, with at least 32 random characters"),
    ({"CASEWORK_SECRET_KEY": "a" * 40}, "CASEWORK_SECRET_KEY can be guessed"),
    ({"CASEWORK_SECRET_KEY_FALLBACKS": "short"}, "CASEWORK_SECRET_KEY_FALLBACKS: each has at least 32 characters"),
    ({"CASEWORK_TRUSTED_HOSTS": ""}, "CASEWORK_TRUSTED_HOSTS must name the hosts"),
    ({"CASEWORK_BASE_URL": "http://casework.example"}, "CASEWORK_BASE_URL must begin with https://"),
    ({"CASEWORK_CLOCK_OFFSET": "60"}, "CASEWORK_CLOCK_OFFSET must be 0 in production"),
    (
        {"CASEWORK_OWNER_DATABASE_URL": "postgresql://owner@localhost/casework"},
        "CASEWORK_OWNER_DATABASE_URL is for `init`",
    ),
    ({"FLASK_DEBUG": "1"}, "FLASK_DEBUG must not be set in production"),
]


@pytest.mark.parametrize("command", ["serve", "worker"])
@pytest.mark.parametrize(("wrong", "words"), REFUSED)
def test_production_does_not_start_with(
    database_url: str, tmp_path: Path, wrong: dict[str, str], words: str, command: str
) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path)} | GOOD | wrong
    done = run_casework(command, environment={name: value for name, value in environment.items() if value})
    assert done.returncode == 1
    assert words in done.stderr


def test_production_does_not_start_without_the_number_of_its_proxies(database_url: str, tmp_path: Path) -> None:
    """Each client would look like the proxy, and one who guesses passwords would shut out all others."""
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path)} | GOOD | {"CASEWORK_PROXY_HOPS": "0"}
    done = run_casework("serve", environment=environment)
    assert done.returncode == 1
    assert "CASEWORK_PROXY_HOPS must say how many proxies stand in front" in done.stderr


def test_production_does_not_start_where_a_commit_may_be_lost(database_url: str, tmp_path: Path) -> None:
    joint = "&" if "?" in database_url else "?"
    lossy = f"{database_url}{joint}options=-c%20synchronous_commit%3Doff"
    done = run_casework("serve", environment={"DATABASE_URL": lossy, "CASEWORK_VAR": str(tmp_path)} | GOOD)
    assert done.returncode == 1
    assert "synchronous_commit is off" in done.stderr


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_production_does_not_start_where_no_standby_is_waited_for(
    database_url: str, tmp_path: Path, command: str
) -> None:
    asked = {"CASEWORK_SYNCHRONOUS_STANDBYS": "1"}
    done = run_casework(
        command, environment={"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path)} | GOOD | asked
    )
    assert done.returncode == 1
    assert "CASEWORK_SYNCHRONOUS_STANDBYS asks for 1, and synchronous_standby_names is empty" in done.stderr


def test_production_does_not_start_as_a_superuser(
    database_server: DatabaseServer, database_url: str, tmp_path: Path
) -> None:
    almighty = database_server.url(make_url(database_url).database or "")
    done = run_casework("serve", environment={"DATABASE_URL": almighty, "CASEWORK_VAR": str(tmp_path)} | GOOD)
    assert done.returncode == 1
    assert "is a superuser" in done.stderr


def test_production_does_not_start_as_the_owner(owner_database_url: str, tmp_path: Path) -> None:
    done = run_casework("serve", environment={"DATABASE_URL": owner_database_url, "CASEWORK_VAR": str(tmp_path)} | GOOD)
    assert done.returncode == 1
    assert "who owns its tables or may act as their owner" in done.stderr


def test_the_other_roles_that_production_refuses(database_server: DatabaseServer, database_url: str) -> None:
    """One that row-level security does not bind, and the owner of the tables; the application's own is fine."""
    almighty = create_engine(
        make_url(database_server.url(make_url(database_url).database or "")).set(drivername="postgresql+psycopg")
    )
    try:
        with almighty.connect() as db:
            db.execute(text("CREATE ROLE casework_bypasses BYPASSRLS"))
            db.execute(text("SET SESSION AUTHORIZATION casework_bypasses"))
            assert (
                "The database role casework_bypasses has BYPASSRLS: ALTER ROLE casework_bypasses NOBYPASSRLS;"
                in faults(db)
            )
            db.execute(text("RESET SESSION AUTHORIZATION"))
            owner = db.execute(
                text("SELECT relowner::regrole::text FROM pg_class WHERE relname = 'events'")
            ).scalar_one()
            db.execute(text(f"SET SESSION AUTHORIZATION {owner}"))
            assert [fault for fault in faults(db) if "who owns its tables or may act as their owner" in fault]
            db.execute(text("RESET SESSION AUTHORIZATION"))
            db.execute(text("CREATE ROLE casework_logs_in"))
            db.execute(text("GRANT casework_app TO casework_logs_in"))
            db.execute(text("SET SESSION AUTHORIZATION casework_logs_in"))
            db.execute(text("SET ROLE casework_app"))
            assert [fault for fault in faults(db) if "casework_logs_in" in fault or "superuser" in fault] == []
            db.rollback()
    finally:
        almighty.dispose()


def test_what_all_processes_share_has_no_connection(settings: Settings) -> None:
    """The application is made once, before they begin: a connection open by then would be used by all of them."""
    app = insist_ready(settings)
    assert isinstance(app, Flask)
    pool = app.extensions["casework"].pool
    assert isinstance(pool, QueuePool)
    assert (pool.checkedin(), pool.checkedout()) == (0, 0)
    server = Server(app)
    assert server.load() is server.load() is app


def test_the_dictionary_is_there_before_anybody_asks(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once for all processes: the first search of each would wait for it."""
    monkeypatch.setattr(Server, "run", lambda self: None)
    monkeypatch.setattr("casework.commands.serve.settle_memory", lambda: None)
    cc_cedict.cache_clear()
    run(settings, "127.0.0.1:0", app=Flask("empty"), workers=1, threads=1)
    assert cc_cedict.cache_info().currsize == 1
    assert "_chinese" in vars(cc_cedict())


def test_what_stays_is_looked_through_no_more_and_what_comes_seldom(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Server, "run", lambda self: None)
    before = gc.get_threshold()
    try:
        run(settings, "127.0.0.1:0", app=Flask("empty"), workers=1, threads=1)
        assert (gc.get_threshold(), gc.get_freeze_count() > 10_000) == (YOUNG_OBJECTS, True)
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def test_production_starts_where_nothing_is_wrong(var_dir: Path) -> None:
    """On a server of its own that waits for the disk, as the login that owns nothing."""
    environment = {"PATH": os.environ["PATH"], "CASEWORK_VAR": str(var_dir)} | GOOD
    assert run_casework("init", environment=environment).returncode == 0
    checked = run_casework("db", "check", environment=environment)
    assert (checked.returncode, checked.stderr) == (0, "")
    with subprocess.Popen(
        [sys.executable, "-m", "casework", "serve", "--port", "0", "--workers", "1"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        said = server.stdout.readline()
        server.terminate()
    assert said.startswith("Listening on http://")


def test_production_starts_with_no_database_that_is_older_than_what_was_signed(var_dir: Path) -> None:
    """As after a backup of an earlier day was put in its place."""
    environment = {"PATH": os.environ["PATH"], "CASEWORK_VAR": str(var_dir)} | GOOD
    assert run_casework("init", environment=environment).returncode == 0
    keep_last(Settings(profile="test", var=var_dir), Kept(7, bytes(32)))
    for command in ("serve", "worker"):
        done = run_casework(command, environment=environment)
        assert done.returncode == 1
        assert "it has 0 leaves, and 7 were signed" in done.stderr
        assert "restore the newest one" in done.stderr


@pytest.mark.parametrize("name", ["key", "key.next"])
def test_production_serves_no_pages_where_it_could_read_the_key_that_signs(
    name: str, database_url: str, tmp_path: Path
) -> None:
    environment = {"DATABASE_URL": database_url, "CASEWORK_VAR": str(tmp_path)} | GOOD
    log_keys.ensure_key(Settings(profile="test", var=tmp_path))
    (tmp_path / "log" / "key").rename(tmp_path / "log" / name)
    done = run_casework("serve", environment=environment)
    assert done.returncode == 1
    assert f"{tmp_path}/log holds the key that signs the log, and this user may read it" in done.stderr
    # Of those who are to sign another fault alone is told.
    for command in (["serve", "--worker"], ["worker"]):
        done = run_casework(*command, environment=environment | {"CASEWORK_TRUSTED_HOSTS": "*"})
        assert ("which is no host" in done.stderr, "this user may read it" in done.stderr) == (True, False)


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    drawn = subprocess.run(
        f"{sys.executable} -m casework workflow draw case | head -n 1",
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert drawn.stderr == ""
