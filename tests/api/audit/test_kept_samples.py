"""Samples that auditors keep, over the API: kept once for a seed, and told what came of each case."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.world import World

ClientFor = Callable[[str | None], Client]
DRAWN = {"seed": "spring", "size": 2, "as_of": "2099-01-01T00:00:00Z"}


@pytest.fixture
def address(engine: Engine, world: World) -> str:
    """Where the samples of a programme with three cases lie."""
    with transaction(engine) as db:
        for _ in range(3):
            world.new_case(db)
    return f"/programmes/{world.programmes['BJ']}/samples"


def test_a_sample_is_kept_looked_at_and_told(client_for: ClientFor, address: str) -> None:
    client = client_for("auditor")
    assert client.get(address).json["items"] == []
    kept = client.post(address, DRAWN)
    assert (kept.status_code, kept.json["number"]) == (201, 1)
    drawn = client.get(f"{address}/1").json
    assert client.post(address, DRAWN | {"as_of": drawn["as_of"]}).json["number"] == 1, "the same again is kept once"
    first, second = (case["number"] for case in drawn["cases"])
    looks = f"{address}/1/looks"
    assert client.post(looks, {"case": first, "result": "in_order"}).status_code == 200
    assert client.post(looks, {"case": first, "result": "finding"}).status_code == 422
    assert client.post(looks, {"case": "BJ-2099-0001", "result": "in_order"}).status_code == 404
    assert client.post(f"{address}/2/looks", {"case": first, "result": "in_order"}).status_code == 404
    shown = client.get(f"{address}/1").json
    assert [(case["number"], case["result"]) for case in shown["cases"]] == [(first, "in_order"), (second, None)]
    assert [(one["number"], one["in_order"]) for one in client.get(address).json["items"]] == [(1, 1)]
    assert client_for("supervisor").get(address).status_code == 404
