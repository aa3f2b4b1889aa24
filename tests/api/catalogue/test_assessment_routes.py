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


def test_an_enterprise_is_asked_and_what_came_of_it_is_said(client_for: Clients, world: World) -> None:
    officer, owner = client_for("officer"), world.organisations["need_owner"]
    given = {"programme": world.programmes["BJ"], "title": "Heat", "starts_on": "2026-03-01", "ends_on": "2026-06-30"}
    at = f"/needs-assessments/{officer.post('/needs-assessments', given).json['id']}"
    ids = officer.post(f"{at}/enterprises", {"organisations": [owner, world.organisations["technology_owner"]]}).json
    first, second = (f"/assessment-enterprises/{id}" for id in ids["ids"])
    link = {"language": "en", "days": 14}
    assert officer.post(f"{first}/ask", link | {"address": "nobody"}).status_code == 422
    asked = officer.post(f"{first}/ask", link)
    assert (asked.status_code, asked.json["path"].startswith("/state-need#")) == (201, True)
    assert officer.post(f"{first}/ask", link).status_code == 409
    assert officer.post(f"{first}/remove", {"reason": "Moved."}).status_code == 409
    assert officer.post(f"{first}/state", {"state": "lost"}).status_code == 422
    assert officer.post(f"{first}/state", {"state": "refused", "source": "A call"}).json["state"] == "refused"
    assert officer.post(f"{second}/remove", {}).status_code == 422
    assert officer.post(f"{second}/remove", {"reason": "Moved away."}).status_code == 200
    (one,) = officer.get(at).json["enterprises"]
    assert (one["state"], one["statement"]) == ("refused", asked.json["id"])


def test_a_visit_is_changed_named_by_a_need_and_taken_out(client_for: Clients, world: World) -> None:
    officer, owner = client_for("officer"), world.organisations["need_owner"]
    given = {"programme": world.programmes["BJ"], "title": "Heat", "starts_on": "2026-03-01", "ends_on": "2026-06-30"}
    at = f"/needs-assessments/{officer.post('/needs-assessments', given).json['id']}"
    came = {
        "kind": "visit",
        "day": "2026-04-02",
        "title": "Kilns",
        "place": "Changping",
        "participants": [{"name": "Li"}],
    }
    visit = officer.post(f"{at}/visits", came).json["id"]
    change, origin = f"/assessment-visits/{visit}/change", f"/needs/{world.needs[0]}/origin"
    assert officer.post(change, {"title": "Boilers"}).status_code == 422
    assert officer.post(change, {"title": None, "reason": "So."}).status_code == 422
    moved = {"title": "Boilers", "place": None, "participants": [{"organisation": owner}], "reason": "It was there."}
    assert officer.post(change, moved).status_code == 200
    (one,) = officer.get(at).json["visits"]
    assert (one["title"], one["place"], one["day"]) == ("Boilers", None, "2026-04-02")
    assert [row["organisation"] for row in one["participants"]] == [owner]
    assert officer.post(origin, {"origin": owner}).status_code == 422
    assert officer.post(origin, {"origin": visit}).json == {"id": world.needs[0], "origin": visit}
    assert officer.get(at).json["needs"][0]["visit"] == visit
    out = {"reason": "Entered twice."}
    assert officer.post(f"/assessment-visits/{visit}/remove", out).status_code == 409
    assert officer.post(origin, {"origin": None}).status_code == 200
    assert officer.post(f"/assessment-visits/{visit}/remove", out).status_code == 200
    assert (officer.get(at).json["visits"], officer.get(at).json["needs"]) == ([], [])
