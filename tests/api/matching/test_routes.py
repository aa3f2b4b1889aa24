"""Match runs over the API: by the contract, from the run to the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine, text

from casework.records.database import transaction
from tests.operations.matching.test_acceptance import of_one_owner
from tests.operations.matching.test_runs import put
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def test_a_run_is_made_shown_replayed_and_decided_on(client_for: Clients, world: World, committed: Committed) -> None:
    ids = committed(lambda db: put(world, db))
    officer, auditor = client_for("officer"), client_for("auditor")
    made = officer.post(f"/needs/{ids['need']}/match-runs", {})
    assert made.status_code == 201
    run = made.json
    first = run["candidates"][0]
    assert (first["rank"], first["technology"], first["explanation"]["ranks"]) == (1, ids["pump"], {"words": 1})
    assert abs(sum(part["share"] for part in first["explanation"]["parts"]) - first["score"]) < 1e-6
    assert set(run["filters"][0]) == {"name", "removed", "unknown"}
    shown = auditor.get(f"/match-runs/{run['id']}").json
    assert {name: shown[name] for name in run} == run
    replay = auditor.post(f"/match-runs/{run['id']}/replay", {})
    assert (replay.status_code, replay.json["equal"]) == (200, True)
    path = f"/match-runs/{run['id']}/decisions"
    accepted = officer.post(path, {"technology": ids["pump"], "decision": "accept"})
    assert (accepted.status_code, bool(accepted.json["case"])) == (200, True)
    refused = officer.post(path, {"technology": ids["unknown"], "decision": "refuse", "code": "other"})
    assert (refused.status_code, "reason" in str(refused.json)) == (422, True)
    decided = auditor.get(f"/match-runs/{run['id']}").json["decisions"]
    assert [(one["technology"], one["case"]) for one in decided] == [(ids["pump"], accepted.json["case"])]
    opened = officer.get(f"/cases/{accepted.json['case']}").json["opened_at"]
    assert [(one["by"], one["at"]) for one in decided] == [({"id": world.people["officer"], "name": "Officer"}, opened)]


def test_what_is_no_filter_is_refused(client_for: Clients, world: World) -> None:
    path = f"/needs/{world.needs[0]}/match-runs"
    for body in ({"filters": {"readiness": [0, 12]}}, {"relaxed": {"colour": "Why not?"}}, {"most": 10_000}):
        assert client_for("officer").post(path, body).status_code == 422


def test_against_a_filter_a_match_is_accepted_with_a_reason_alone(
    client_for: Clients, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        _, _, match = of_one_owner(world, db)
    officer, route = client_for("officer"), f"/matches/{match}/open"
    refused = officer.post(route)
    assert (refused.status_code, "relaxed.conflict" in refused.text) == (422, True)
    assert officer.post(route, {"relaxed": {"weather": "It rains."}}).status_code == 422
    assert officer.post(route, {"relaxed": {"conflict": "They say so."}}).status_code == 201


def test_a_case_that_is_opened_names_the_one_that_it_follows_from(client_for: Clients, world: World) -> None:
    officer, route = client_for("officer"), f"/matches/{world.matches[1]}/open"
    first = officer.post(f"/matches/{world.matches[0]}/open").json["number"]
    refused = officer.post(route, {"follows_from": "BJ-2000-0001"})
    assert (refused.status_code, "follows_from" in refused.text) == (422, True)
    number = officer.post(route, {"follows_from": first}).json["number"]
    auditor = client_for("auditor")
    assert auditor.get(f"/cases/{number}").json["follows_from"] == first
    assert auditor.get(f"/cases/{first}").json["followed_by"] == [number]
    assert "follows_from" not in client_for("observer").get(f"/cases/{number}").json


def test_a_candidate_that_fails_by_now_is_accepted_with_a_reason_alone(
    client_for: Clients, world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        need, technology, _ = of_one_owner(world, db)
        db.execute(text("UPDATE technologies SET owner_id = NULL WHERE id = CAST(:id AS uuid)"), {"id": technology})
    officer = client_for("officer")
    made = officer.post(f"/needs/{need}/match-runs", {}).json["id"]
    with transaction(engine) as db:
        told = "UPDATE technologies SET owner_id = (SELECT owner_id FROM needs WHERE id = :need) WHERE id = CAST(:id AS uuid)"
        db.execute(text(told), {"id": technology, "need": need})
    route, body = f"/match-runs/{made}/decisions", {"technology": technology, "decision": "accept"}
    refused = officer.post(route, body)
    assert (refused.status_code, "relaxed.conflict" in refused.text) == (422, True)
    assert officer.post(route, body | {"relaxed": {"conflict": "They say so."}}).json["case"]
