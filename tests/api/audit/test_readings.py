"""The reading log over the API: the same lines as on the page."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str], Client]


def test_an_auditor_finds_the_own_lines_and_reads_them_page_by_page(
    client_for: Clients, engine: Engine, world: World
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    auditor = client_for("auditor")
    for path in (f"/cases/{number}", f"/cases/{number}/events", "/cases"):
        assert auditor.get(path).status_code == 200
    first = auditor.get("/readings?limit=2").json
    assert [one["address"] for one in first["items"]] == ["/api/v1/cases", f"/api/v1/cases/{number}/events"]
    # The page before was read, too, and stands above what the next one begins with.
    assert (
        auditor.get(f"/readings?limit=1&cursor={first['next']}").json["items"][0]["address"]
        == f"/api/v1/cases/{number}"
    )


def test_of_one_case_alone(client_for: Clients, engine: Engine, world: World) -> None:
    with transaction(engine) as db:
        number, other = world.new_case(db), world.new_case(db)
    auditor = client_for("auditor")
    auditor.get(f"/cases/{number}")
    auditor.get(f"/cases/{other}")
    assert [one["number"] for one in client_for("manager").get(f"/readings?number={number}").json["items"]] == [number]
