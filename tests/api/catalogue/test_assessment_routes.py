"""Assessments of a city's needs over the API: planned, changed, and given enterprises and visits."""

from __future__ import annotations

from collections.abc import Callable

from tests.support.api_client import Client
from tests.support.world import World

Clients = Callable[[str | None], Client]


def test_one_is_planned_changed_and_read_with_its_parts(client_for: Clients, world: World) -> None:
    officer, owner = client_for("officer"), world.organisations["need_owner"]
    given = {"programme": world.programmes["BJ"], "title": "Heat", "starts_on": "2026-03-01", "ends_on": "2026-06-30"}
    early = officer.post("/needs-assessments", given | {"ends_on": "2026-01-01"})
    assert (early.status_code, "ends_on" in early.text) == (422, True)
    made = officer.post("/needs-assessments", given | {"sectors": ["Energy"], "needs_target": 6, "source": "A plan"})
    assert made.status_code == 201
    at = f"/needs-assessments/{made.json['id']}"
    assert officer.post(f"{at}/enterprises", {"organisations": [owner]}).status_code == 201
    visit = {"kind": "event", "day": "2026-04-02", "title": "Fair", "participants": [{"organisation": owner}]}
    assert officer.post(f"{at}/visits", visit).status_code == 201
    assert officer.post(f"{at}/visits", visit | {"kind": "dinner"}).status_code == 422
    assert officer.post(f"{at}/change", {"status": "concluded"}).status_code == 422
    assert officer.post(f"{at}/change", {"needs_target": None, "title_zh": "供热"}).status_code == 200
    one = officer.get(at).json
    assert (one["title_zh"], one["needs_target"], one["sectors"]) == ("供热", None, ["Energy"])
    assert (one["enterprises"][0]["state"], one["visits"][0]["participants"][0]["organisation"]) == ("to_ask", owner)
    (row,) = officer.get("/needs-assessments").json["items"]
    assert row["progress"] == one["progress"]
    assert client_for("manager").get(at).status_code == 404
    assert client_for("auditor").post(f"{at}/visits", visit).status_code == 403
