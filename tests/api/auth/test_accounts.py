"""Tokens and sessions: shown once, limited, and ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection, text

from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def signed_in(app: Flask, world: World, name: str = "officer") -> Client:
    """A session of a person: what a person is asked for who makes tokens."""
    made = Client(app.test_client(), None).post(
        "/sessions", {"email": f"{name}@example.org", "password": world.password}
    )
    return Client(app.test_client(), made.json["token"])


def test_a_token_is_shown_once_and_kept_as_a_hash(app: Flask, world: World, committed: Committed) -> None:
    officer = signed_in(app, world)
    made = officer.post("/tokens", {"name": "script", "scopes": ["read"], "days": 30}, key="t")
    assert made.status_code == 201
    secret = made.json["token"]
    assert secret not in officer.get("/tokens").text
    again = officer.post("/tokens", {"name": "script", "scopes": ["read"], "days": 30}, key="t")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "token" not in again.json
    kept = committed(lambda db: db.execute(text("SELECT (t.*)::text FROM tokens t")).scalars().all())
    kept += committed(lambda db: db.execute(text("SELECT (r.*)::text FROM requests r")).scalars().all())
    assert not any(secret in one for one in kept)


def test_a_token_does_what_its_scopes_say_and_makes_no_other(app: Flask, world: World) -> None:
    officer = signed_in(app, world)
    secret = officer.post("/tokens", {"name": "script", "scopes": ["read"]}).json["token"]
    reader = Client(app.test_client(), secret)
    assert reader.get("/cases").status_code == 200
    refused = reader.post(f"/matches/{world.matches[0]}/open")
    assert refused.status_code == 403
    assert "write" in refused.json["detail"]
    writer = officer.post("/tokens", {"name": "writer", "scopes": ["write", "decide"], "days": 30}).json["token"]
    for scopes in (["admin"], ["write"], ["read"]):
        more = Client(app.test_client(), writer).post("/tokens", {"name": "more", "scopes": scopes})
        assert more.status_code == 403
        assert "sign in" in more.json["detail"]


def test_a_revoked_or_expired_token_is_worth_nothing(app: Flask, world: World, committed: Committed) -> None:
    officer = signed_in(app, world)
    first, second = (officer.post("/tokens", {"name": "script", "scopes": ["read"]}).json for _ in range(2))
    assert officer.post(f"/tokens/{first['id']}/revoke").status_code == 200
    committed(
        lambda db: db.execute(
            text("UPDATE tokens SET expires_at = casework_now() WHERE id = CAST(:id AS uuid)"), {"id": second["id"]}
        )
    )
    for one in (first, second):
        assert Client(app.test_client(), one["token"]).get("/me").status_code == 401


def test_a_session_begins_with_a_password_and_ends_when_told(app: Flask, client_for: Clients, world: World) -> None:
    nobody = client_for(None)
    made = nobody.post("/sessions", {"email": "Officer@example.org", "password": world.password}).json
    signed_in = Client(app.test_client(), made["token"])
    assert signed_in.get("/me").json["id"] == world.people["officer"]
    assert [one["id"] for one in signed_in.get("/sessions").json["items"]] == [made["id"]]
    assert signed_in.post(f"/sessions/{made['id']}/end").status_code == 200
    assert signed_in.get("/me").status_code == 401


@pytest.mark.parametrize("limit", ["seen_at = casework_now() - interval '31 minutes'", "expires_at = casework_now()"])
def test_a_session_ends_by_itself(
    app: Flask, client_for: Clients, world: World, committed: Committed, limit: str
) -> None:
    made = client_for(None).post("/sessions", {"email": "officer@example.org", "password": world.password}).json
    committed(lambda db: db.execute(text(f"UPDATE sessions SET {limit}")))
    assert Client(app.test_client(), made["token"]).get("/me").status_code == 401


def test_an_unknown_person_and_a_wrong_password_look_the_same(client_for: Clients, world: World) -> None:
    nobody = client_for(None)
    answers = [
        nobody.post("/sessions", {"email": email, "password": password})
        for email, password in (("officer@example.org", "wrong"), ("who@example.org", world.password))
    ]
    assert [one.status_code for one in answers] == [401, 401]
    assert len({one.json["detail"] for one in answers}) == 1


def test_closing_an_account_shuts_every_door(app: Flask, client_for: Clients, world: World) -> None:
    made = client_for(None).post("/sessions", {"email": "auditor@example.org", "password": world.password}).json
    person = world.people["auditor"]
    assert client_for("administrator").post(f"/people/{person}/deactivate").status_code == 200
    assert client_for("auditor").get("/me").status_code == 401
    assert Client(app.test_client(), made["token"]).get("/me").status_code == 401
    again = client_for(None).post("/sessions", {"email": "auditor@example.org", "password": world.password})
    assert again.status_code == 401


def test_nobody_gives_a_role_to_themselves(client_for: Clients, world: World) -> None:
    answer = client_for("administrator").post(
        "/memberships",
        {"person": world.people["administrator"], "role": "officer", "programme": world.programmes["BJ"]},
    )
    assert answer.status_code == 403


def test_an_administrator_makes_an_officer_who_can_work(client_for: Clients, app: Flask, world: World) -> None:
    administrator = client_for("administrator")
    made = administrator.post("/people", {"email": "new@example.org", "name": "新人"}).json
    person, secret = made["id"], made["link"].partition("#")[2]
    role = {"person": person, "role": "officer", "programme": world.programmes["BJ"]}
    asked = administrator.post("/memberships", role)
    assert (asked.status_code, asked.json["state"]) == (201, "asked")
    decide = f"/role-requests/{asked.json['id']}/decide"
    assert administrator.post(decide, {"agree": True}).status_code == 403
    membership = client_for("supervisor").post(decide, {"agree": True}).json["membership"]
    assert (
        client_for(None).post("/passwords", {"secret": secret, "password": "a long enough password"}).status_code == 200
    )
    session = client_for(None).post("/sessions", {"email": "new@example.org", "password": "a long enough password"})
    officer = Client(app.test_client(), session.json["token"])
    assert officer.post(f"/matches/{world.matches[0]}/open").status_code == 201
    assert administrator.post(f"/memberships/{membership}/end").status_code == 200
    assert officer.get("/cases").status_code == 401


def test_an_administrator_makes_a_programme_and_belongs_to_it(client_for: Clients) -> None:
    administrator = client_for("administrator")
    made = administrator.post("/programmes", {"code": "GZ", "name": "Guangzhou"})
    assert made.status_code == 201
    phase = administrator.post(f"/programmes/{made.json['id']}/phases", {"name": "Phase 1", "starts_on": "2026-01-01"})
    assert phase.status_code == 201


def test_a_role_that_has_not_begun_can_be_ended_too(client_for: Clients, world: World) -> None:
    administrator, auditor = client_for("administrator"), world.people["auditor"]
    later = {
        "person": auditor,
        "role": "manager",
        "programme": world.programmes["BJ"],
        "starts_at": "2999-01-01T00:00:00Z",
    }
    asked = administrator.post("/memberships", later).json["id"]
    assert client_for("supervisor").post(f"/role-requests/{asked}/decide", {"agree": True}).status_code == 200
    assert administrator.post(f"/people/{auditor}/deactivate").status_code == 200


def test_a_token_keeps_when_it_was_used(client_for: Clients, committed: Committed) -> None:
    def used(client: Client) -> str | None:
        found: str | None = client.get("/tokens").json["items"][0]["used_at"]
        return found

    first = used(client_for("officer"))
    assert first is not None
    assert used(client_for("officer")) == first
    committed(lambda db: db.execute(text("UPDATE tokens SET used_at = used_at - interval '6 minutes'")))
    assert (used(client_for("officer")) or "") >= first
