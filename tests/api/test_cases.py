"""A case over the API, from the match on."""

from __future__ import annotations

from collections.abc import Callable

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
