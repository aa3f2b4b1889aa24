"""The command `demo` makes a demo once, tells its accounts again, and serves it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import psycopg
import pytest

from tests.support.databases import ROOT, run_casework

pytestmark = pytest.mark.slow

#: How long a process may take on a busy machine. A server that ends answers first, up to 20 seconds, and works on up to 10.
PATIENCE_S = 300


def test_a_demo_is_made_once_and_told_again(empty_database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": empty_database_url, "CASEWORK_VAR": str(tmp_path)}
    made = run_casework("demo", "--cases", "2", "--no-serve", "--json", environment=environment)
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)
    assert told["url"] is None
    assert {"email", "name", "role", "organisation", "password", "token"} == told["accounts"][0].keys()
    again = run_casework("demo", "--no-serve", "--json", environment=environment)
    assert json.loads(again.stdout) == told
    assert (tmp_path / "demo-accounts.json").stat().st_mode & 0o077 == 0
    assert run_casework("verify", environment=environment).returncode == 0


def test_a_tampered_file_of_a_case_is_found_out(empty_database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": empty_database_url, "CASEWORK_VAR": str(tmp_path)}
    made = run_casework("demo", "--cases", "1", "--no-serve", environment=environment)
    assert "casework verify --file" in made.stdout
    true = run_casework("verify", "--file", str(tmp_path / "case-as-taken-out.zip"), environment=environment)
    assert true.returncode == 0, true.stderr
    tampered = run_casework("verify", "--file", str(tmp_path / "case-tampered-with.zip"), environment=environment)
    assert tampered.returncode == 1
    assert "The header of event" in tampered.stdout


def test_a_demo_is_served_and_ends_with_its_signal(empty_database_url: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "CASEWORK_PROFILE": "test",
        "DATABASE_URL": empty_database_url,
        "CASEWORK_VAR": str(tmp_path),
    }
    server = subprocess.Popen(
        [sys.executable, "-m", "casework", "demo", "--cases", "1", "--json"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        told = json.loads(server.stdout.readline())
        request = urllib.request.Request(
            f"{told['url']}/api/v1/cases", headers={"Authorization": f"Bearer {told['accounts'][0]['token']}"}
        )
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            assert len(json.load(answer)["items"]) == 1
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE_S) == 0
        if server.stdout is not None:
            server.stdout.close()


def test_a_demo_that_was_broken_off_is_made_anew(empty_database_url: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "CASEWORK_PROFILE": "test",
        "DATABASE_URL": empty_database_url,
        "CASEWORK_VAR": str(tmp_path),
    }
    command = [sys.executable, "-m", "casework", "demo", "--no-serve", "--json"]
    begun = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _wait_for_cases(empty_database_url)
    begun.kill()
    begun.wait(PATIENCE_S)
    again = run_casework("demo", "--cases", "1", "--no-serve", "--json", environment=environment)
    assert again.returncode == 0, again.stderr
    assert "was broken off; making it anew" in again.stderr
    assert all(one["password"] for one in json.loads(again.stdout)["accounts"])
    with psycopg.connect(empty_database_url) as db:
        assert db.execute("SELECT count(*) FROM cases").fetchone() == (1,)


def test_a_demo_that_was_broken_off_takes_nothing_else_along(empty_database_url: str, tmp_path: Path) -> None:
    environment = {"DATABASE_URL": empty_database_url, "CASEWORK_VAR": str(tmp_path)}
    assert run_casework("demo", "--cases", "1", "--no-serve", environment=environment).returncode == 0
    with psycopg.connect(empty_database_url) as db:
        db.execute("DELETE FROM tokens")
    assert run_casework("programme", "add", "SH", "Shanghai", environment=environment).returncode == 0
    again = run_casework("demo", "--no-serve", environment=environment)
    assert again.returncode == 1
    assert "other records lie there too" in again.stderr


def test_two_at_once_make_one_demo(empty_database_url: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "CASEWORK_PROFILE": "test",
        "DATABASE_URL": empty_database_url,
        "CASEWORK_VAR": str(tmp_path),
    }
    command = [sys.executable, "-m", "casework", "demo", "--cases", "2", "--no-serve", "--json"]
    both = [
        subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    told = [one.communicate(timeout=PATIENCE_S) for one in both]
    assert [one.returncode for one in both] == [0, 0], told
    assert told[0][0] == told[1][0]


def _wait_for_cases(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(psycopg.Error), psycopg.connect(url) as db:
            if db.execute("SELECT count(*) FROM cases").fetchone() != (0,):
                return
        time.sleep(0.05)
    raise AssertionError("no case was made in time")


def test_production_has_no_demo(empty_database_url: str) -> None:
    environment = {"DATABASE_URL": empty_database_url, "CASEWORK_PROFILE": "production"}
    made = run_casework("demo", "--no-serve", environment=environment)
    assert made.returncode == 1
    assert "the demo's time is simulated" in made.stderr
