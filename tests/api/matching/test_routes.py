"""Match runs over the API: by the contract, from the run to the case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

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


def test_what_is_no_filter_is_refused(client_for: Clients, world: World) -> None:
    path = f"/needs/{world.needs[0]}/match-runs"
    for body in ({"filters": {"readiness": [0, 12]}}, {"relaxed": {"colour": "Why not?"}}, {"most": 10_000}):
        assert client_for("officer").post(path, body).status_code == 422
