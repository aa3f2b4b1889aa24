"""A case over the API, from the match on."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.api.conftest import Client
from tests.world import World

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
