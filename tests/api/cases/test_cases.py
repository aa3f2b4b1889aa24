"""A case over the API, from the match on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from flask import Flask
from sqlalchemy import Engine, text

from casework.operations.cases.case_actions import declare_interest
from casework.records.database import transaction
from casework.records.event_log import now
from tests.support.api_client import Client
from tests.support.round_trips import RoundTrips
from tests.support.world import World, new_request

Clients = Callable[[str | None], Client]


def test_a_match_becomes_a_case_that_is_taken(client_for: Clients, world: World) -> None:
    officer = client_for("officer")
    opened = officer.post(f"/matches/{world.matches[0]}/open")
    assert opened.status_code == 201, opened.text
    number, track = opened.json["number"], opened.json["track"]
    shown = officer.get(f"/cases/{number}")
    assert shown.status_code == 200
    assert shown.json["state"] == "proposed"
    take = next(one for one in shown.json["actions"] if one["transition"] == "take")
    assert take["allowed"], take
    revision = shown.json["tracks"][0]["revision"]
    fired = officer.post(f"/cases/{number}/tracks/{track}/transitions/take", {"data": {}}, if_match=revision)
    assert fired.status_code == 200, fired.text
    assert fired.json["states"] == ["triage"]
    assert fired.headers["ETag"] == f'"{fired.json["revision"]}"'


def test_the_list_is_filtered_and_sorted(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(3)]
    officer = client_for("officer")

    def found(query: str) -> list[str]:
        return [one["number"] for one in officer.get(f"/cases?{query}").json["items"]]

    assert found("sort=number") == numbers
    assert found("sort=newest") == numbers[::-1]
    assert found(f"words={numbers[1][-4:]}&waits_for=us&open=yes") == [numbers[1]]
    assert found("waits_for=provider") == []
    assert found("overdue=yes&sort=due") == []
    for wrong in ("waits_for=nobody", "overdue=perhaps", "sort=beauty", "colour=red", "owner=me"):
        assert officer.get(f"/cases?{wrong}").status_code == 422


def test_a_case_names_its_documents(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    officer = client_for("officer")
    revision = officer.get(f"/cases/{number}").json["revision"]
    paper = {"title": "Test report of March", "kind": "report", "party": "technology_owner"}
    assert officer.post(f"/cases/{number}/documents", paper, if_match=revision).status_code == 201
    assert [one["title"] for one in officer.get(f"/cases/{number}").json["documents"]] == ["Test report of March"]


def test_whoever_may_not_drop_a_task_learns_whose_it_is_to_drop(
    client_for: Clients, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    task = next(
        one["id"] for one in client_for("officer").get(f"/cases/{number}").json["tasks"] if one["type"] == "side"
    )
    refused = client_for("compliance").post(f"/tasks/{task}/exit", {"reason": "Not needed."})
    assert refused.status_code == 403
    assert "is for: those who lead its queue or its case" in refused.json["detail"]


def test_taking_a_task_and_firing_take_three_round_trips(
    app: Flask, client_for: Clients, engine: Engine, world: World, tmp_path: Path
) -> None:
    """Who asks; then the key, the case and its lock; then what is written, with COMMIT."""
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(2)]
    officer, trips = client_for("officer"), RoundTrips(app.extensions["casework"], tmp_path)
    for number in numbers:
        shown = officer.get(f"/cases/{number}").json
        track = shown["tracks"][0]
        way = f"/cases/{number}/tracks/{track['id']}/transitions/take"
        assert trips.count(lambda: officer.post(way, {"data": {}}, if_match=track["revision"])) == 3  # noqa: B023  called at once
        task = next(one["id"] for one in officer.get(f"/cases/{number}").json["tasks"] if one["name"] == "triage")
        assert trips.count(lambda: officer.post(f"/tasks/{task}/claim")) == 3  # noqa: B023  called at once


def test_whoever_no_longer_sees_a_case_is_not_told_what_was_answered(
    client_for: Clients, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    officer = client_for("officer")
    track = officer.get(f"/cases/{number}").json["tracks"][0]
    way = f"/cases/{number}/tracks/{track['id']}/transitions/take"
    for body, status in (({"data": {}}, 200), ({"data": {}}, 200), ({"data": {}, "reason": "Another."}, 422)):
        assert officer.post(way, body, key="the-same-key", if_match=track["revision"]).status_code == status
    with transaction(engine) as db:
        db.execute(
            text("UPDATE memberships SET ends_at = casework_now() WHERE person_id = :person"),
            {"person": world.people["officer"]},
        )
    absent = officer.post(way.replace(number, "BJ-1999-9999"), {"data": {}}, key="the-same-key", if_match=1)
    for body in ({"data": {}}, {"data": {}, "reason": "Another."}):
        refused = officer.post(way, body, key="the-same-key", if_match=track["revision"])
        assert (refused.status_code, refused.json["title"]) == (404, absent.json["title"])


def test_every_fault_of_a_form_is_answered_at_once(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
    officer = client_for("officer")
    track = officer.get(f"/cases/{number}").json["tracks"][0]
    way = f"/cases/{number}/tracks/{track['id']}/transitions/propose_close"
    data = {"outcome": "deployed_verified", "reason": "2026/no_such_reason"}
    answer = officer.post(way, {"data": data}, if_match=track["revision"])
    assert answer.status_code == 422
    assert {name: why["code"] for name, why in answer.json["faults"].items()} == {
        "reason": "lists.not_listed",
        "statements": "fields.required",
    }
    refusals = {why["code"]: why.get("field") for why in answer.json["refusals"]}
    assert refusals["case.guards.deployed_at_a_site"] == "outcome"
    assert len(answer.json["reasons"]) == len(answer.json["refusals"])


def test_a_case_is_answered_as_it_was_answered_then(client_for: Clients, engine: Engine, world: World) -> None:
    auditor = client_for("auditor")
    answers: list[tuple[datetime, Any, Any, Any]] = []

    def look() -> None:
        parts = [auditor.get(f"/cases/{number}{part}").json for part in ("", "/events", "/clocks")]
        with transaction(engine) as db:
            answers.append((now(db), *parts))

    with transaction(engine) as db:
        number = world.new_case(db)
    look()
    officer = client_for("officer")
    track = officer.get(f"/cases/{number}").json["tracks"][0]
    taken = officer.post(
        f"/cases/{number}/tracks/{track['id']}/transitions/take", {"data": {}}, if_match=track["revision"]
    )
    assert taken.status_code == 200, taken.text
    look()
    paper = {"title": "Test report of March", "kind": "report", "party": "technology_owner"}
    revision = officer.get(f"/cases/{number}").json["revision"]
    assert officer.post(f"/cases/{number}/documents", paper, if_match=revision).status_code == 201
    look()
    of_now = {"actions", "requests", "case_actions"}
    of_then = {"as_of", "event_at", "previous_at", "next_at", "erased_at"}
    for at, case, events, clocks in answers:
        asked = f"?as_of={quote(at.isoformat())}"
        then = auditor.get(f"/cases/{number}{asked}").json
        assert of_then <= then.keys()
        assert {name: value for name, value in then.items() if name not in of_now | of_then} == {
            name: value for name, value in case.items() if name not in of_now
        }
        assert [then[name] for name in sorted(of_now)] == [[], [], []]
        assert auditor.get(f"/cases/{number}/events{asked}").json == events
        assert auditor.get(f"/cases/{number}/clocks{asked}").json == clocks
    assert len({str(case) for _, case, _, _ in answers}) == 3
    wrong = {
        "2199-01-01T00:00:00Z": 422,
        "1999-01-01T00:00:00Z": 404,
        "2026-01-01T00:00:00": 422,
        "yesterday": 422,
        "1760000000": 422,
        "2026-01-01T00:00:00\u221208:00": 422,
        "2026-01-01T00:00:00+08:00": 422,
        "": 422,
    }
    assert {at: auditor.get(f"/cases/{number}?as_of={at}").status_code for at in wrong} == wrong
    assert "must not lie in the future" in auditor.get(f"/cases/{number}?as_of=2199-01-01T00:00:00Z").text
    assert "write it as %2B" in auditor.get(f"/cases/{number}?as_of=2026-01-01T00:00:00+08:00").text
    assert "write a time as YYYY-MM-DDThh:mm:ss" in auditor.get(f"/cases/{number}?as_of=1760000000").text


def test_who_is_shown_the_past_is_noted_with_the_moment(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, at = world.new_case(db), now(db)
    assert client_for("auditor").get(f"/cases/{number}?as_of={quote(at.isoformat())}").status_code == 200
    with transaction(engine) as db:
        noted = (
            db.execute(text("SELECT address FROM readings WHERE number = :number"), {"number": number}).scalars().all()
        )
    assert any("as_of=" in address for address in noted), noted


def test_whoever_declared_an_interest_is_refused_the_past(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, at = world.new_case(db), quote(now(db).isoformat())
    compliance = client_for("compliance")
    routes = ("", "/events", "/clocks")
    assert [compliance.get(f"/cases/{number}{route}?as_of={at}").status_code for route in routes] == [200, 200, 200]
    with transaction(engine) as db:
        declare_interest(db, world.actor(db, "compliance"), number, nature="Family.", request=new_request())
    assert [compliance.get(f"/cases/{number}{route}?as_of={at}").status_code for route in routes] == [403, 403, 403]
