"""How cases ran for programs: of some cases alone, by what figures are filtered by."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest
from sqlalchemy import Engine

from casework.records.database import transaction
from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"source": "catalogue", "opened_from": "2001-01-01"}, True),
        ({"source": "none"}, False),
        ({"phase": "?7S"}, False),
        ({"sector": "Ö"}, False),
        ({"district": "nowhere", "source": "catalogue"}, False),
        ({"technology_field": "99"}, False),
        ({"opened_from": "7309-08-10"}, False),
    ],
)
def test_only_the_cases_that_are_asked_for_are_told(
    client_for: Clients, world: World, engine: Engine, asked: Mapping[str, str], found: bool
) -> None:
    with transaction(engine) as db:
        number = world.new_case(db)
    supervisor = client_for("supervisor")
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    told = supervisor.get(f"/process?{query}").json["variants"]
    assert [case for one in told for case in one["cases"]] == ([number] if found else [])
    taken = supervisor.get(f"/process/ocel?{query}")
    assert taken.status_code == 200
    assert (number in taken.text) is found
