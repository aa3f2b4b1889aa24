"""Lists come in pages that stay right while the list grows."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection

from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


@pytest.mark.parametrize("path", ["/cases", "/matches", "/needs", "/technologies", "/people", "/organisations"])
def test_pages_show_each_row_once_while_rows_are_added(
    client_for: Clients, world: World, committed: Committed, path: str
) -> None:
    for _ in range(4):
        committed(world.new_case)
    officer = client_for("officer")
    before = _ids(officer.get(f"{path}?limit=100").json["items"])
    seen: list[str] = []
    cursor = ""
    while True:
        answer = officer.get(f"{path}?limit=2{cursor}").json
        seen += _ids(answer["items"])
        committed(world.new_case)
        if answer["next"] is None:
            break
        cursor = f"&cursor={answer['next']}"
    assert seen == before
    assert len(before) >= 4


def test_a_history_comes_in_pages(client_for: Clients, world: World, committed: Committed) -> None:
    number = committed(world.new_case)
    committed(lambda db: world.fire(db, "officer", number, "take"))
    officer = client_for("officer")
    whole = officer.get(f"/cases/{number}/events").json
    first = officer.get(f"/cases/{number}/events?limit=1").json
    second = officer.get(f"/cases/{number}/events?limit=100&cursor={first['next']}").json
    assert first["items"] + second["items"] == whole["items"]
    assert [one["seq"] for one in whole["items"]] == list(range(1, len(whole["items"]) + 1))


@pytest.mark.parametrize("keys", [[True, False], [0, True], [1.5, 0], ["0", 0], [-1, 0], [2**70, 0]])
def test_a_forged_cursor_is_refused(client_for: Clients, world: World, committed: Committed, keys: list[Any]) -> None:
    number = committed(world.new_case)
    forged = base64.urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")
    answer = client_for("officer").get(f"/cases/{number}/events?cursor={forged}")
    assert answer.status_code == 422, answer.json


def _ids(items: list[dict[str, Any]]) -> list[str]:
    return [one.get("id") or one["number"] for one in items]
