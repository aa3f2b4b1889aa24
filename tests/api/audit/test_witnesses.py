"""A witness over the API: its own program hands in what it signed, by a service account or an auditor's token."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.serving import make_server

from casework.operations.integrations.service_accounts import create_service_account
from casework.records import log_keys
from casework.records.database import transaction
from casework.settings import Settings
from casework_verify.command import main as verify
from casework_verify.witness_command import main as witness
from casework_verify.witnesses import new_secret
from tests.support.api_client import Client
from tests.support.published import sign_and_publish
from tests.support.world import World, new_request

ClientFor = Callable[[str | None], Client]
SECRET = new_secret("witness.example/w1", bytes(range(32)))


@pytest.fixture
def address(app: Flask, engine: Engine, superuser_engine: Engine, settings: Settings, world: World) -> Iterator[str]:
    """Where the application is served, with a log that is published."""
    sign_and_publish(engine, superuser_engine, settings)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def account(engine: Engine, world: World, scope: str) -> str:
    with transaction(engine) as db:
        done = create_service_account(
            db,
            world.actor(db, "provider_lead"),
            organisation=world.organisations["lab"],
            name="Witness",
            scopes=[scope],
            days=30,
            request=new_request(),
        )
    return str(done.answer["token"])


def test_a_providers_own_program_is_a_witness(
    address: str,
    client_for: ClientFor,
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    world: World,
    tmp_path: Path,
) -> None:
    """From its key to the verdict of an auditor who trusts it, with nothing but the verifier's own programs."""
    (tmp_path / "key").write_text(SECRET.line)
    (tmp_path / "log").write_text("".join(f"{key.line}\n" for key in log_keys.public_keys(settings)))
    (tmp_path / "token").write_text(account(engine, world, "checkpoints.cosign"))
    named = client_for("auditor").post("/witnesses", {"key": SECRET.witness.line})
    assert (named.status_code, named.json["name"]) == (201, SECRET.name)
    own = [
        f"--{name}={tmp_path / file}"
        for name, file in {"key": "key", "log": "log", "state": "state", "token": "token"}.items()
    ]
    assert witness(["watch", address, "--once", *own]) == 0
    with transaction(engine) as db:
        world.new_case(db)
    sign_and_publish(engine, superuser_engine, settings)
    assert witness(["watch", address, "--once", *own]) == 0
    manager = client_for("manager")
    seen = manager.get("/checkpoints").json["items"]
    assert [[one["name"] for one in each["witnesses"]] for each in seen] == [[SECRET.name]] * 2
    (row,) = manager.get("/witnesses").json["items"]
    assert (row["name"], row["size"]) == (SECRET.name, seen[0]["size"])
    told = client_for(None).flask.get("/log/cosigned")
    (tmp_path / "signed").write_bytes(told.data)
    (tmp_path / "trusted").write_text((tmp_path / "log").read_text() + SECRET.witness.line)
    assert verify([str(tmp_path / "signed"), "--key", str(tmp_path / "trusted"), "--witnesses", "1"]) == 0
    ended = client_for("auditor").post(f"/witnesses/{row['id']}/end")
    assert (ended.status_code, ended.json["ended"]) == (200, True)
    assert witness(["watch", address, "--once", *own]) == 2
    assert client_for(None).flask.get("/log/cosigned").status_code == 404


def test_another_scope_hands_in_nothing(engine: Engine, world: World, app: Flask) -> None:
    client = Client(app.test_client(), account(engine, world, "referrals.read"))
    refused = client.post("/cosignatures", {"note": "x"})
    assert refused.status_code == 403
    assert "checkpoints.cosign" in refused.text


def test_an_account_with_the_scope_reads_nothing_by_it(engine: Engine, world: World, app: Flask) -> None:
    client = Client(app.test_client(), account(engine, world, "checkpoints.cosign"))
    for path in ("/checkpoints", "/witnesses", "/referrals"):
        assert client.get(path).status_code == 403


@pytest.mark.parametrize("query", ["size=0", "size=x", "size=-1", "size=9999999999999999999999", "size=1"])
def test_what_no_witness_signed_is_not_there(app: Flask, world: World, query: str) -> None:
    assert app.test_client().get(f"/log/cosigned?{query}").status_code == 404


def test_an_alarm_is_answered_as_one(
    client_for: ClientFor, engine: Engine, superuser_engine: Engine, settings: Settings, world: World
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    auditor = client_for("auditor")
    auditor.post("/witnesses", {"key": SECRET.witness.line})
    note = auditor.flask.get("/log/checkpoint").text
    size = note.split("\n")[1]
    larger = note.replace(f"\n{size}\n", f"\n{int(size) + 5}\n")
    answer = auditor.post("/cosignatures", {"note": larger + SECRET.cosign(larger, 1_700_000_000)})
    assert (answer.status_code, answer.json["taken"], answer.json["alarm"]) == (201, False, "longer")
    (row,) = auditor.get("/witnesses").json["items"]
    assert row["alarms"][0]["kind"] == "longer"
