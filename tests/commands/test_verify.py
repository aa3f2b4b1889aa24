"""`casework verify --file` on a certificate: what it shows, and what is wrong with one that was changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from casework.operations.verification.certificates import Wish, take_certificate
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.databases import run_casework
from tests.support.published import sign_and_publish
from tests.support.world import World

Environment = dict[str, str]


@pytest.fixture
def environment(settings: Settings, database_url: str) -> Environment:
    return {"DATABASE_URL": database_url, "CASEWORK_VAR": str(settings.var)}


@pytest.fixture
def certificate(engine: Engine, superuser_engine: Engine, world: World, settings: Settings, tmp_path: Path) -> Path:
    with transaction(engine) as db:
        number = world.open_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    with transaction(engine) as db:
        wish = Wish(event=1)
        made = take_certificate(db, world.actor(db, "officer"), number, wish, address=f"/cases/{number}/certificate")
    path = tmp_path / "certificate.json"
    path.write_bytes(made.data)
    return path


def test_it_says_what_a_certificate_shows(certificate: Path, environment: Environment) -> None:
    done = run_casework("verify", "--file", str(certificate), environment=environment)
    assert (done.returncode, "nothing is wrong" in done.stdout) == (0, True)
    assert "It certifies event: event 1 of" in done.stdout


def test_one_that_was_changed_is_found(certificate: Path, environment: Environment) -> None:
    certificate.write_bytes(certificate.read_bytes().replace(b'"officer"', b'"manager"'))
    done = run_casework("verify", "--file", str(certificate), environment=environment)
    assert (done.returncode, "1 fault" in done.stdout) == (1, True)


def test_it_is_told_to_programs(certificate: Path, environment: Environment) -> None:
    done = run_casework("verify", "--file", str(certificate), "--json", environment=environment)
    told = json.loads(done.stdout)
    assert (told["faults"], told["claim"], told["events"][0]["seq"]) == ([], {"kind": "event"}, 1)
    certificate.write_text("{}")
    done = run_casework("verify", "--file", str(certificate), "--json", environment=environment)
    assert done.returncode == 1
    assert json.loads(done.stdout)["claim"] is None


def test_without_a_key_it_says_so(certificate: Path, environment: Environment, tmp_path: Path) -> None:
    elsewhere = {**environment, "CASEWORK_VAR": str(tmp_path / "elsewhere")}
    done = run_casework("verify", "--file", str(certificate), environment=elsewhere)
    assert (done.returncode, "No key of the log is here" in done.stdout) == (1, True)
