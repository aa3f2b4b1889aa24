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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from casework_verify.command import main as verify
from tests.support.databases import ROOT, DatabaseServer, run_casework

pytestmark = pytest.mark.slow

#: How long a process may take on a busy machine. A server that ends answers first, up to 20 seconds, and works on up to 10.
PATIENCE_S = 300


@dataclass(frozen=True)
class Demo:
    """A demo of one case, and what its maker said."""

    url: str
    var: Path
    said: str

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.url, "CASEWORK_VAR": str(self.var)}


@pytest.fixture(scope="module")
def demo(database_server: DatabaseServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """Made once; the tests look at it."""
    name, var = database_server.create(), tmp_path_factory.mktemp("demo")
    environment = {"DATABASE_URL": database_server.owner_url(name), "CASEWORK_VAR": str(var)}
    made = run_casework("demo", "--cases", "1", "--no-serve", environment=environment)
    assert made.returncode == 0, made.stderr
    yield Demo(environment["DATABASE_URL"], var, made.stdout)
    database_server.drop(name)


def test_a_demo_that_is_made_is_told_again(demo: Demo) -> None:
    first, again = (run_casework("demo", "--no-serve", "--json", environment=demo.environment) for _ in range(2))
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert json.loads(again.stdout) == told
    assert told["url"] is None
    assert {"email", "name", "role", "organisation", "password", "token"} == told["accounts"][0].keys()
    assert (demo.var / "demo-accounts.json").stat().st_mode & 0o077 == 0
    assert run_casework("verify", environment=demo.environment).returncode == 0


def test_two_sign_ins_come_first_and_tokens_only_when_asked_for(demo: Demo) -> None:
    told = json.loads((demo.var / "demo-accounts.json").read_text("utf-8"))["accounts"]
    lines = demo.said.splitlines()
    assert [line.split()[-1] for line in lines[:3]] == [
        "chen@demo.example",
        "assessor@demo.example",
        told[0]["password"],
    ]
    assert not [account["email"] for account in told if account["token"] in demo.said]
    asked = run_casework("demo", "--no-serve", "--tokens", environment=demo.environment)
    assert asked.returncode == 0, asked.stderr
    assert not [account["email"] for account in told if account["token"] not in asked.stdout]
    assert asked.stdout.splitlines()[:3] == lines[:3]


def test_the_address_is_said_before_the_making(demo: Demo) -> None:
    environment = {"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **demo.environment}
    server = subprocess.Popen(
        [sys.executable, "-m", "casework", "demo"],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert server.stdout is not None
        address = server.stdout.readline().split()[-1]
        assert any(line.split()[:3] == ["Ready:", "open", address] for line in server.stdout)
        # A server that answers also ends as it should.
        with urllib.request.urlopen(address, timeout=PATIENCE_S) as answer:
            assert answer.status == 200
    finally:
        server.send_signal(signal.SIGTERM)
        assert server.wait(PATIENCE_S) == 0
        if server.stdout is not None:
            server.stdout.close()


def test_a_tampered_file_of_a_case_is_found_out(demo: Demo) -> None:
    assert "casework verify --file" in demo.said
    true = run_casework("verify", "--file", str(demo.var / "case-as-taken-out.zip"), environment=demo.environment)
    assert true.returncode == 0, true.stderr
    # Signed and published at once: it is judged by whoever has no more than the key, and no minute is waited for.
    assert verify([str(demo.var / "case-as-taken-out.zip"), "--key", str(demo.var / "log" / "keys.pub")]) == 0
    tampered = run_casework("verify", "--file", str(demo.var / "case-tampered-with.zip"), environment=demo.environment)
    assert tampered.returncode == 1
    assert "The header of event" in tampered.stdout


def test_an_auditor_has_attested_what_a_witness_has_seen(demo: Demo) -> None:
    with psycopg.connect(demo.environment["DATABASE_URL"]) as db:
        size = db.execute("SELECT size FROM cosignatures").fetchall()
        attested = db.execute(
            "SELECT effects -> 'attestation' -> 'checkpoint' ->> 'size' FROM events WHERE kind = 'attested'"
        ).fetchall()
    assert [int(one) for (one,) in attested] == [one for (one,) in size]
    assert len(size) == 1


def test_a_demo_is_served_and_ends_with_its_signal(demo: Demo) -> None:
    environment = {"PATH": os.environ["PATH"], "CASEWORK_PROFILE": "test", **demo.environment}
    server = subprocess.Popen(
        [sys.executable, "-m", "casework", "demo", "--json"],
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


def test_a_demo_that_was_broken_off_takes_nothing_else_along(
    demo: Demo, database_server: DatabaseServer, tmp_path: Path
) -> None:
    name = database_server.create(str(make_url(demo.url).database))
    environment = {"DATABASE_URL": database_server.owner_url(name), "CASEWORK_VAR": str(tmp_path)}
    with psycopg.connect(environment["DATABASE_URL"]) as db:
        db.execute("DELETE FROM tokens")
    assert run_casework("programme", "add", "SH", "Shanghai", environment=environment).returncode == 0
    again = run_casework("demo", "--no-serve", environment=environment)
    database_server.drop(name)
    assert again.returncode == 1
    assert "other records lie there too" in again.stderr


def test_a_demo_of_another_version_is_not_served_and_stays(
    demo: Demo, database_server: DatabaseServer, tmp_path: Path
) -> None:
    name = database_server.create(str(make_url(demo.url).database))
    environment = {"DATABASE_URL": database_server.owner_url(name), "CASEWORK_VAR": str(tmp_path)}
    with psycopg.connect(environment["DATABASE_URL"]) as db:
        db.execute("ALTER TABLE needs DROP COLUMN wanted_by CASCADE")
    again = run_casework("demo", "--no-serve", environment=environment)
    with psycopg.connect(environment["DATABASE_URL"]) as db:
        kept = db.execute("SELECT count(*) FROM cases").fetchone()
    database_server.drop(name)
    assert (again.returncode, kept) == (1, (1,))
    assert "made by another version of Casework" in again.stderr
    assert "needs" in again.stderr
    assert str(tmp_path) in again.stderr


def test_two_at_once_make_one_demo(empty_database_url: str, tmp_path: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "CASEWORK_PROFILE": "test",
        "DATABASE_URL": empty_database_url,
        "CASEWORK_VAR": str(tmp_path),
    }
    command = [sys.executable, "-m", "casework", "demo", "--cases", "1", "--no-serve", "--json"]
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
