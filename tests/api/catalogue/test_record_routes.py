"""Needs over the API: their figures as rows, entered, put right and read."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]
NOX = {
    "parameter": "NOx",
    "unit": "mg/m3",
    "now": "80",
    "comparison": "at_most",
    "target": "30",
    "condition": "at full load",
}


def test_the_figures_of_a_need_are_rows_each_refused_at_its_cell(client_for: Clients, world: World) -> None:
    client = client_for("officer")
    new = {"programme": world.programmes["BJ"], "title": "Burners", "source": "A call", "confirmed": True}
    refused = client.post("/needs", {**new, "figures": [NOX, {"parameter": "CO", "target": "30"}]})
    assert (refused.status_code, "figures.1.comparison" in str(refused.json)) == (422, True)
    need = client.post("/needs", {**new, "figures": [NOX, {"parameter": "CO", "now": "5"}]}).json["id"]
    told = client.get(f"/needs/{need}").json
    assert told["figures"] == [NOX, {"parameter": "CO", "now": "5"}]
    assert "confirmed_by" in told["provenance"]["figures"]
    # What is not sent stays; what is null is emptied, with a reason.
    assert client.post(f"/needs/{need}/correct", {"sector": "Energy"}).status_code == 200
    assert client.get(f"/needs/{need}").json["figures"] == told["figures"]
    assert client.post(f"/needs/{need}/correct", {"figures": None}).status_code == 422
    assert client.post(f"/needs/{need}/correct", {"figures": None, "reason": "Misheard."}).status_code == 200
    assert client.get(f"/needs/{need}").json["figures"] == []
