"""A batch over the API: proposed, agreed to, stopped, carried out, and taken back."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.operations.people.case_batch_worker import carry_on
from casework.records.database import transaction
from tests.operations.people.migration_scene import MAPPING, publish_next
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]


def test_a_batch_is_proposed_agreed_to_stopped_and_taken_back(
    client_for: Clients, world: World, engine: Engine, owner_engine: Engine
) -> None:
    with transaction(engine) as db:
        numbers = [world.new_case(db) for _ in range(3)]
    publish_next(owner_engine)
    supervisor, second = client_for("supervisor"), client_for("administrator")
    given = {"programme": world.programmes["BJ"], "workflow": "case", "earlier": 1, "later": 2, "reason": "The law."}
    for wrong, field in (
        ({"workflow": "mediation"}, "workflow"),
        ({"later": 99}, "later"),
        ({"states": {"nowhere": "proposed"}}, "states.nowhere"),
    ):
        refused = supervisor.post("/batches", given | wrong)
        assert (refused.status_code, list(refused.json["fields"])) == (422, [field])
    assert supervisor.post("/batches", given | {"plan": "0" * 64}).status_code == 409
    made = supervisor.post("/batches", given | {"states": MAPPING["states"], "cases": numbers})
    assert (made.status_code, made.json["cases"]) == (201, 3)
    at = f"/batches/{made.json['id']}"
    assert supervisor.post(f"{at}/suspend", {}).status_code == 409
    word = {"agree": True, "seen": made.json["version"]}
    assert supervisor.post(f"{at}/decision", word).status_code == 403
    assert second.post(f"{at}/decision", word).json["state"] == "agreed"
    assert supervisor.post(f"{at}/suspend", {"reason": "Lunch."}).json["state"] == "suspended"
    assert carry_on(engine, world.programmes["BJ"]) == 0
    assert second.post(f"{at}/resume", {}).json["state"] == "running"
    carry_on(engine, world.programmes["BJ"])
    shown = supervisor.get(f"{at}?limit=2&state=moved").json
    assert (shown["state"], shown["moved"], shown["waiting"], len(shown["outcomes"])) == ("ended", 3, 0, 2)
    assert [one["number"] for one in supervisor.get(f"{at}?cursor={shown['next']}").json["outcomes"]] == numbers[2:]
    assert [one["reason"] for one in shown["steps"]] == ["Lunch.", None]
    back = supervisor.post(f"{at}/revert", {"reason": "Too soon."})
    assert (back.status_code, back.json["cases"]) == (201, 3)
    listed = supervisor.get("/batches").json["items"]
    assert [(one["id"], one["reverts"]) for one in listed] == [
        (back.json["id"], made.json["id"]),
        (made.json["id"], None),
    ]
    first = supervisor.get("/batches?limit=1").json
    assert [one["id"] for one in supervisor.get(f"/batches?cursor={first['next']}").json["items"]] == [made.json["id"]]
    assert client_for("officer").get(at).status_code == 404
