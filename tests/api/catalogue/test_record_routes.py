"""Needs over the API: their figures as rows, entered, put right and read."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from casework.api.catalogue.ip_right_schemas import NeedQuery, TechnologyQuery
from casework.matching.facets import FACETS
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
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


def test_a_need_has_codes_of_the_patent_classification_each_as_it_is_written(client_for: Clients, world: World) -> None:
    client = client_for("officer")
    new = {"programme": world.programmes["BJ"], "title": "Burners", "source": "A call", "confirmed": True}
    refused = client.post("/needs", {**new, "ipc": ["heat"]})
    assert (refused.status_code, "ipc" in refused.json["fields"]) == (422, True)
    need = client.post("/needs", {**new, "ipc": ["F24D 3/08", "f24d3/08", "C10L"]}).json["id"]
    assert client.get(f"/needs/{need}").json["ipc"] == ["F24D3/08", "C10L"]
    assert client.post(f"/needs/{need}/correct", {"ipc": ["F23D"], "reason": "Misread."}).status_code == 200
    assert client.get(f"/needs/{need}").json["ipc"] == ["F23D"]


def test_the_cost_of_a_technology_has_a_currency(client_for: Clients, world: World) -> None:
    client = client_for("officer")
    new = {"programme": world.programmes["BJ"], "title": "Burners", "source": "A call", "confirmed": True}
    refused = client.post("/technologies", {**new, "cost": "900000"})
    assert (refused.status_code, "cost_currency" in refused.json["fields"]) == (422, True)
    made = client.post("/technologies", {**new, "cost": "900000", "cost_currency": "CNY"}).json["id"]
    told = client.get(f"/technologies/{made}").json
    assert (told["cost"], told["cost_currency"]) == ("900000", "CNY")
    need = client.post("/needs", {**new, "budget": "1200000", "budget_currency": "CNY"}).json["id"]
    assert client.get(f"/needs/{need}").json["budget_currency"] == "CNY"


def test_a_list_is_narrowed_over_the_api_to_all_that_its_answer_offers() -> None:
    for noun, query in (("need", NeedQuery), ("technology", TechnologyQuery)):
        assert set(FACETS[noun]) <= query.model_fields.keys()


def test_needs_and_technologies_are_searched_and_say_what_they_may_be_narrowed_to(
    client_for: Clients, world: World, engine: Engine
) -> None:
    client = client_for("officer")
    with transaction(engine) as db:
        ids = [enter(world, db, "technology", title=f"Sludge dryer {n}", developed_in=["DE"]) for n in range(3)]
        enter(world, db, "technology", title="Mill", developed_in=["DE"])
    first = client.get("/technologies?q=污泥&limit=2").json
    assert (first["records"], first["at_least"], first["some"]) == (3, False, False)
    assert {"value": "DE", "records": 3} in first["facets"]["country"]
    assert {"value": "", "records": 3} in first["facets"]["ipc"]
    then = client.get(f"/technologies?q=污泥&limit=2&cursor={first['next']}").json
    assert sorted(one["id"] for one in first["items"] + then["items"]) == sorted(ids)
    assert then["next"] is None
    narrowed = client.get("/technologies?country=DE&readiness=unknown&limit=100").json
    assert narrowed["records"] == 4
    assert set(ids) < {one["id"] for one in narrowed["items"]}
    assert client.get("/technologies?q=sludge&country=CN").json["items"] == []
    other = world.programmes["SH"]
    assert client.get(f"/technologies?q=sludge&programme={other}").json["records"] == 0
    assert client.get("/technologies?q=%25_%5C'").json["items"] == []
    assert client.get(f"/needs?q={'heat+' * 1_999}").status_code == 200
    assert client.get("/technologies?q=sludge&cursor=WyJuYW4iLCJ4Il0").status_code == 422
    with transaction(engine) as db:
        dry = enter(world, db, "need", title="Sludge to be dried", ipc=["F26B3/00"], publication="public")
        enter(world, db, "need", title="Sludge to be burnt", publication="public")
    needs = client.get("/needs?q=sludge").json
    assert {"value": "F", "records": 1} in needs["facets"]["ipc"]
    assert [one["id"] for one in client.get("/needs?q=sludge&ipc=F").json["items"]] == [dry]
    assert client.get("/needs?q=sludge&ipc=unknown").json["records"] == 1
    for who in ("provider", "foreign_officer", "observer"):
        found = client_for(who).get("/technologies?q=sludge").json
        assert (found["items"], found["records"]) == ([], 0)
        assert not any(found["facets"].values())
