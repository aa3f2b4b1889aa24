"""The calendar of one's work, as programs read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text

from tests.support.api_client import Client
from tests.support.world import World, today

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def _due_today(db: Connection, world: World) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    db.execute(text("UPDATE tasks SET due_at = casework_now() WHERE name = 'triage_check'"))
    return number


def test_a_day_has_what_is_due_on_it(client_for: Clients, world: World, committed: Committed) -> None:
    number = committed(lambda db: _due_today(db, world))
    told = client_for("officer").get(f"/agenda?from={today()}&to={today()}").json
    assert [(one["day"], one["due"]) for one in told["days"]] == [(today().isoformat(), 1)]
    assert [(one["case"]["number"], one["name"], one["day"]) for one in told["items"]] == [
        (number, "triage_check", today().isoformat())
    ]
    assert told["zone"] == "Asia/Shanghai"
    assert client_for("other_officer").get("/agenda").json["items"] == []


def test_the_team_is_ones_own_programmes(client_for: Clients, world: World, committed: Committed) -> None:
    committed(lambda db: _due_today(db, world))
    asked = f"/agenda?whose=team&from={today()}&to={today()}"
    due = {
        name: len(client_for(name).get(asked).json["items"])
        for name in ("supervisor", "other_officer", "foreign_officer", "provider")
    }
    assert due == {"supervisor": 1, "other_officer": 1, "foreign_officer": 0, "provider": 0}


@pytest.mark.parametrize(
    "asked",
    ["whose=all", "from=soon", f"from={today()}&to={today() - timedelta(days=1)}", "from=2026-01-01&to=2026-12-31"],
)
def test_what_no_calendar_shows_is_refused(client_for: Clients, asked: str) -> None:
    assert client_for("officer").get(f"/agenda?{asked}").status_code == 422
