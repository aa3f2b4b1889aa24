"""The commands for the database say what they did, or in one line why not."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.support.databases import DatabaseServer, run_casework


def test_init_makes_the_database_once(empty_database_url: str) -> None:
    environment = {"DATABASE_URL": empty_database_url}
    assert "is now at revision" in run_casework("init", environment=environment).stdout
    assert "is up to date" in run_casework("init", environment=environment).stdout


def test_init_as_the_owner_lets_the_application_work(database_server: DatabaseServer, empty_database_url: str) -> None:
    """Two addresses: one that makes the tables, and one that owns nothing."""
    environment = {
        "DATABASE_URL": database_server.app_url(str(make_url(empty_database_url).database)),
        "CASEWORK_OWNER_DATABASE_URL": empty_database_url,
    }
    assert "is now at revision" in run_casework("init", environment=environment).stdout
    assert run_casework("check", environment=environment | {"CASEWORK_OWNER_DATABASE_URL": ""}).returncode == 0
    alone = run_casework("init", environment=environment | {"CASEWORK_OWNER_DATABASE_URL": ""})
    assert alone.returncode == 0, "nothing is left to do"


def test_check_fails_before_init(empty_database_url: str) -> None:
    checked = run_casework("db", "check", environment={"DATABASE_URL": empty_database_url})
    assert checked.returncode == 1
    assert "The database is at revision none" in checked.stderr


def test_the_embedded_server_starts_and_stops(var_dir: Path) -> None:
    environment = {"CASEWORK_VAR": str(var_dir)}
    assert run_casework("init", environment=environment).returncode == 0
    assert "is right" in run_casework("db", "check", environment=environment).stdout
    assert "has stopped" in run_casework("db", "stop", environment=environment).stdout
    assert "No embedded server" in run_casework("db", "stop", environment=environment).stdout


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        ({"DATABASE_URL": "mysql://here/it"}, "needs PostgreSQL"),
        ({"DATABASE_URL": "postgresql://u@127.0.0.1:1/it"}, "does not answer"),
        ({"CASEWORK_VAR": "/dev/null/var"}, "/dev/null/var"),
        ({"CASEWORK_PROFILE": "toy"}, "CASEWORK_PROFILE"),
    ],
)
def test_a_failure_is_one_clear_line(environment: dict[str, str], line: str) -> None:
    failed = run_casework("init", environment=environment)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert line in failed.stderr
    assert failed.stderr.startswith("Error: ")
    assert failed.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [("verify",), ("tick",), ("token", "add", "a@example.org")])
def test_before_init_a_command_says_so_in_one_line(empty_database_url: str, command: tuple[str, ...]) -> None:
    done = run_casework(*command, environment={"DATABASE_URL": empty_database_url})
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "Error: The database is not ready: its tables are missing, or of another release. Run `casework init` first."
    ]
