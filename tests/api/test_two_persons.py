"""What takes two persons, and what is not there for one of them, over the API."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from casework.operations.registers import grant_role
from tests.api.conftest import Client
from tests.world import World, today

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def _stop(client: Client, number: str, data: dict[str, Any]) -> Any:
    track = client.get(f"/cases/{number}").json["tracks"][0]
    return client.post(
        f"/cases/{number}/tracks/{track['id']}/transitions/compliance_stop", {"data": data}, if_match=track["revision"]
    )


def test_whoever_asked_for_a_stop_keeps_nobody_from_deciding_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    first, second = client_for("compliance"), client_for("second_compliance")
    grounds = {"reason": "regulation", "found_on": today().isoformat(), "source": "A list", "finding": "A hit"}
    assert _stop(first, number, grounds).status_code == 200
    task = first.get(f"/cases/{number}").json["proposals"][0]["task"]
    assert task not in [one["id"] for one in first.get("/tasks?view=queue").json["items"]]
    claimed = first.post(f"/tasks/{task}/claim")
    assert claimed.status_code == 403
    assert "another person must decide this" in claimed.json["detail"]
    assert task in [one["id"] for one in second.get("/tasks?view=queue").json["items"]]
    assert second.post(f"/tasks/{task}/claim").status_code == 200
    assert _stop(second, number, {}).json["states"] == ["closing"]


def test_a_sealed_mediation_is_in_no_queue_of_somebody_not_named_for_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    number = committed(world.new_case)

    def deputise(db: Connection) -> None:
        # An officer's sight of cases, and the deputy's role besides.
        grant_role(
            db, world.people["other_officer"], "dispute_officer", programme=world.programmes["BJ"],
            deputy_for=world.people["dispute_officer"],
        )  # fmt: skip

    committed(deputise)
    named, deputy = client_for("dispute_officer"), client_for("other_officer")
    before = deputy.get("/tasks?view=queue").json
    opened = named.post("/mediations", {"case": number})
    assert opened.status_code == 201, opened.text
    (task,) = named.get(f"/mediations/{opened.json['id']}").json["tasks"]
    assert task["id"] in [one["id"] for one in named.get("/tasks?view=queue").json["items"]]
    assert deputy.get("/tasks?view=queue").json == before
    for path in (f"/tasks/{task['id']}", f"/mediations/{opened.json['id']}"):
        assert deputy.get(path).status_code == 404
    assert deputy.post("/mediations", {"case": number}).status_code == 404
