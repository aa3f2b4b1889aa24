"""Needs over the API: their figures as rows, entered, put right and read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine

from casework.api.catalogue.ip_right_schemas import NeedQuery, TechnologyQuery
from casework.matching.facets import FACETS
from casework.operations.verification.service import verify_all
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


#: What files and enterprises say of records besides what every record has, each as it is entered, and then otherwise.
BESIDE: Mapping[str, Mapping[str, tuple[Any, Any]]] = {
    "needs": {
        "function": ("Dry the sludge", "Dry the manure"), "site": ("Hall 1", "Hall 2"), "baseline": ("80 mg", "60 mg"),
        "process": ("Tannery", "Dairy"), "tried": ("Centrifuges", "Presses"), "constraints": ("Basement", "No steam"),
        "contact": ("The plant's engineer", "The plant's head"), "readiness_text": ("Runs elsewhere", "Prototype"),
    },
    "technologies": {
        "languages": (["English"], ["English", "中文"]), "contact": ("A transfer office", "Its head"),
        "source_page": ("https://catalogue.example/1", "https://catalogue.example/2"), "acronym": ("DRY", "DRIER"),
        "partner_countries": (["DE"], ["DE", "FR"]), "total_cost": ("1.5", "2"), "total_cost_currency": ("EUR", "CNY"),
        "start_date": ("2021-03-01", "2021-04-01"), "end_date": ("2023-08-31", "2023-09-30"),
        "verification": ({"number": "V 1", "verdict": "verified"}, {"number": "V 1", "verdict": "verified", "valid_until": "2027-01-31"}),
    },
}  # fmt: skip


@pytest.mark.parametrize("plural", ["needs", "technologies"])
def test_each_field_is_entered_put_right_and_emptied_by_itself_with_its_own_origin(
    client_for: Clients, world: World, engine: Engine, plural: str
) -> None:
    client, told = client_for("officer"), BESIDE[plural]
    new = {"programme": world.programmes["BJ"], "title": "Drier", "source": "A call", "confirmed": False}
    id = client.post(f"/{plural}", {**new, **{name: first for name, (first, _) in told.items()}}).json["id"]
    for name, (first, then) in told.items():
        at = client.get(f"/{plural}/{id}").json
        assert (at[name], at["provenance"][name]["source"]) == (first, "A call")
        assert "confirmed_by" not in at["provenance"][name]
        sent = {name: then, "source": f"About {name}"}
        assert client.post(f"/{plural}/{id}/correct", sent).status_code == 200
        at = client.get(f"/{plural}/{id}").json
        assert (at[name], at["provenance"][name]["source"]) == (then, f"About {name}")
        assert at["provenance"][name]["confirmed_by"] == world.people["officer"]
    # What somebody stands for is emptied with a reason; nothing is known of it then.
    for name in told:
        assert client.post(f"/{plural}/{id}/correct", {name: None}).status_code == 422
        assert client.post(f"/{plural}/{id}/correct", {name: None, "reason": "Misheard."}).status_code == 200
        assert client.get(f"/{plural}/{id}").json[name] in (None, [])
    assert list(verify_all(engine)) == []


def test_the_page_at_its_source_is_an_address_and_a_total_cost_has_a_currency_that_there_is(
    client_for: Clients, world: World
) -> None:
    client = client_for("officer")
    new = {"programme": world.programmes["BJ"], "title": "Drier", "source": "A call", "confirmed": True}
    refused = client.post("/technologies", {**new, "source_page": "javascript:alert(1)", "total_cost_currency": "XQX"})
    assert (refused.status_code, set(refused.json["fields"])) == (422, {"source_page", "total_cost_currency"})


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"number": "V 1", "verdict": "good"}, "verification.verdict"),
        ({"verdict": "verified"}, "verification.number"),
        ({"number": "V 1", "verdict": "verified", "valid_until": "soon"}, "verification.valid_until"),
    ],
)
def test_a_statement_of_verification_is_refused_at_the_part_that_is_wrong(
    client_for: Clients, world: World, said: Mapping[str, str], where: str
) -> None:
    new = {"programme": world.programmes["BJ"], "title": "Drier", "source": "A call", "confirmed": True}
    refused = client_for("officer").post("/technologies", {**new, "verification": said})
    assert (refused.status_code, list(refused.json["fields"])) == (422, [where])


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
