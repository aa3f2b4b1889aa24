"""The embedded server is shared, outlives its starter, and copes with what a crash leaves behind."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from casework.errors import EmbeddedServerError
from casework.records import embedded, server_process

START = """
import sys, pathlib
from casework.records import embedded
print(embedded.ensure_running(pathlib.Path(sys.argv[1])), flush=True)
"""
START_AND_STAY = START + "import time; time.sleep(600)"


def start_elsewhere(var: Path, program: str = START) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, str(var)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def ask(url: str, question: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(question.encode()).fetchone()
    assert row
    return row[0]


def pid_of(var: Path) -> int:
    pid = embedded.running_pid(server_process.server_at(var))
    assert pid is not None
    return pid


def kill_server(var: Path) -> int:
    pid = pid_of(var)
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while embedded.running_pid(server_process.server_at(var)) is not None:
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return pid


def test_a_started_server_is_durable_and_has_its_roles(var_dir: Path, waited: set[int]) -> None:
    url = embedded.ensure_running(var_dir)
    # With half of it, after a power cut, it would not start.
    server = server_process.server_at(var_dir)
    assert {(server.data / "postgresql.conf").stat().st_ino, server.home.stat().st_ino} <= waited
    assert ask(url, "SELECT current_setting('fsync') || current_setting('synchronous_commit')") == "onon"
    assert ask(url, "SELECT current_user") == "casework_owner"
    for role in server_process.ROLES:
        assert ask(url, f"SELECT pg_has_role('casework_owner', '{role}', 'MEMBER')") is True
        assert ask(url, f"SELECT pg_has_role('casework_web', '{role}', 'MEMBER')") is True
        assert ask(url, f"SELECT rolcanlogin OR rolbypassrls FROM pg_roles WHERE rolname = '{role}'") is False
    app = embedded.ensure_running(var_dir, server_process.WEB_ROLE)
    assert ask(app, "SELECT session_user") == "casework_web"
    assert ask(app, "SELECT pg_has_role('casework_owner', 'MEMBER')") is False
    assert ask(app, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user") is False
    assert ask(url, "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user") is False


def test_a_folder_of_an_earlier_release_gets_the_role_that_it_lacks(var_dir: Path) -> None:
    embedded.ensure_running(var_dir)
    almighty = server_process.server_at(var_dir).url(user=server_process.SUPERUSER, database="postgres")
    with psycopg.connect(almighty, autocommit=True) as connection:
        connection.execute("DROP ROLE casework_engine")
    app = embedded.ensure_running(var_dir, server_process.WEB_ROLE)
    assert ask(app, "SELECT pg_has_role('casework_engine', 'MEMBER')") is True


def test_the_server_listens_on_no_network_address(var_dir: Path) -> None:
    assert ask(embedded.ensure_running(var_dir), "SHOW listen_addresses") == ""
    assert server_process.server_at(var_dir).socket_dir.stat().st_mode & 0o077 == 0


def test_a_folder_of_an_earlier_release_gets_the_login_that_it_lacks(var_dir: Path) -> None:
    """Where only the owner could log in, while its server runs."""
    embedded.ensure_running(var_dir)
    with psycopg.connect(
        server_process.server_at(var_dir).url(user=server_process.SUPERUSER), autocommit=True
    ) as connection:
        connection.execute("DROP ROLE casework_web")
    assert ask(embedded.ensure_running(var_dir, server_process.WEB_ROLE), "SELECT session_user") == "casework_web"


def test_a_second_process_finds_the_running_server(var_dir: Path) -> None:
    url = embedded.ensure_running(var_dir)
    pid = pid_of(var_dir)
    other = start_elsewhere(var_dir)
    assert other.communicate(timeout=60)[0].strip() == url
    assert pid_of(var_dir) == pid


def test_four_processes_that_start_at_once_share_one_server(var_dir: Path) -> None:
    starters = [start_elsewhere(var_dir) for _ in range(4)]
    answers = [starter.communicate(timeout=120) for starter in starters]
    assert {starter.returncode for starter in starters} == {0}, answers
    assert len({printed.strip() for printed, _ in answers}) == 1
    assert ask(answers[0][0].strip(), "SELECT count(*) FROM pg_database WHERE datname = 'casework'") == 1


def test_the_server_survives_the_death_of_whoever_started_it(var_dir: Path) -> None:
    starter = start_elsewhere(var_dir, START_AND_STAY)
    assert starter.stdout
    assert starter.stderr
    url = starter.stdout.readline().strip()
    pid = pid_of(var_dir)
    starter.kill()
    starter.wait(timeout=10)
    starter.stdout.close()
    starter.stderr.close()
    assert ask(url, "SELECT 1") == 1
    assert embedded.ensure_running(var_dir) == url
    assert pid_of(var_dir) == pid


@pytest.mark.parametrize("after_s", [0.05, 0.15, 0.25, 0.35, 0.45, 0.55])
def test_a_starter_killed_midway_leaves_nothing_that_hinders_the_next(var_dir: Path, after_s: float) -> None:
    starter = start_elsewhere(var_dir)
    time.sleep(0.1 + after_s)
    starter.kill()
    starter.communicate(timeout=10)
    url = embedded.ensure_running(var_dir)
    assert ask(url, "SELECT current_database()") == "casework"


def test_a_killed_server_is_started_again_and_said(var_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    url = embedded.ensure_running(var_dir)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    killed = kill_server(var_dir)
    with caplog.at_level(logging.WARNING):
        assert ask(embedded.ensure_running(var_dir), "SELECT n FROM kept") == 7
    assert f"process {killed}) ended without cleaning up" in caplog.text


def test_a_stale_pid_file_that_names_another_process_is_set_aside(
    var_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedded.ensure_running(var_dir)
    kill_server(var_dir)
    pid_file = server_process.server_at(var_dir).data / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    stranger = subprocess.Popen(["sleep", "600"])
    try:
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with caplog.at_level(logging.WARNING):
            url = embedded.ensure_running(var_dir)
        assert stranger.poll() is None, "the stranger must not be touched"
    finally:
        stranger.kill()
        stranger.wait(timeout=10)
    assert ask(url, "SELECT 1") == 1
    assert "ended without cleaning up" in caplog.text


def test_a_lock_left_by_a_killed_starter_is_taken_over_and_said(
    var_dir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    server = server_process.server_at(var_dir)
    server.home.mkdir(parents=True)
    server.lock_file.write_text("12345")
    with caplog.at_level(logging.WARNING):
        embedded.ensure_running(var_dir)
    assert "Process 12345 was broken off" in caplog.text
    assert server.lock_file.read_text() == ""


def test_half_a_cluster_is_made_anew_and_said(var_dir: Path, caplog: pytest.LogCaptureFixture) -> None:
    half = server_process.server_at(var_dir).home / "data.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with caplog.at_level(logging.WARNING):
        assert ask(embedded.ensure_running(var_dir), "SELECT 1") == 1
    assert "broken off" in caplog.text
    assert not half.exists()


def test_a_stale_socket_does_not_hinder(var_dir: Path) -> None:
    server = server_process.server_at(var_dir)
    embedded.ensure_running(var_dir)
    embedded.stop(var_dir)
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(server.socket_dir / ".s.PGSQL.5432"))
    assert ask(embedded.ensure_running(var_dir), "SELECT 1") == 1


def test_stop_stops_and_says_whether_anything_ran(var_dir: Path) -> None:
    assert embedded.stop(var_dir) is False
    url = embedded.ensure_running(var_dir)
    assert embedded.stop(var_dir) is True
    assert embedded.stop(var_dir) is False
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url)


def test_what_was_stored_is_there_after_a_stop(var_dir: Path) -> None:
    with psycopg.connect(embedded.ensure_running(var_dir), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 7 AS n")
    embedded.stop(var_dir)
    assert ask(embedded.ensure_running(var_dir), "SELECT n FROM kept") == 7


def test_a_folder_too_deep_for_a_socket_works(var_dir: Path) -> None:
    deep = var_dir / ("d" * 60) / ("e" * 60)
    url = embedded.ensure_running(deep)
    socket_dir = server_process.server_at(deep).socket_dir
    try:
        assert ask(url, "SELECT 1") == 1
        assert not socket_dir.is_relative_to(deep)
    finally:
        embedded.stop(deep)
        socket_dir.rmdir()


def test_two_folders_have_two_servers(var_dir: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        urls = list(pool.map(embedded.ensure_running, [var_dir / "a", var_dir / "b"]))
    try:
        assert pid_of(var_dir / "a") != pid_of(var_dir / "b")
        assert urls[0] != urls[1]
    finally:
        embedded.stop(var_dir / "a")
        embedded.stop(var_dir / "b")


def test_a_cluster_of_another_release_is_refused_in_plain_words(var_dir: Path) -> None:
    data = server_process.server_at(var_dir).data
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 12"):
        embedded.ensure_running(var_dir)


def test_a_server_that_cannot_start_says_why(var_dir: Path) -> None:
    embedded.ensure_running(var_dir)
    embedded.stop(var_dir)
    with (server_process.server_at(var_dir).data / "postgresql.conf").open("a") as configuration:
        configuration.write("no_such_setting = 1\n")
    with pytest.raises(EmbeddedServerError, match="did not start"):
        embedded.ensure_running(var_dir)
