"""What stands beside a record over the API as on its page: records like it, its cases and what they came to, and its source."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Engine

from casework.operations.catalogue.importer import import_records
from tests.operations.catalogue.test_outcomes import deploy
from tests.operations.core.test_catalogue_index import enter
from tests.support.api_client import Client
from tests.support.world import World, add_match, add_technology

Clients = Callable[[str | None], Client]
Committed = Callable[[Callable[[Connection], Any]], Any]


def test_records_that_are_like_one_are_told_to_who_reads_them(
    client_for: Clients, world: World, committed: Committed
) -> None:
    pump = committed(lambda db: enter(world, db, "technology", title="Heat pump for dye houses"))
    other = committed(lambda db: enter(world, db, "technology", title="Heat pump for dye works"))
    committed(lambda db: enter(world, db, "technology", title="Seaweed fodder for cows"))
    like = {"id": other, "title": "Heat pump for dye works", "twin": None}
    told = client_for("auditor").get(f"/technologies/{pump}/similar").json["items"]
    assert told[0] == like
    assert not [one for one in told if one["id"] == pump or "Seaweed" in one["title"]]
    assert client_for("foreign_officer").get(f"/technologies/{pump}/similar").status_code == 404


def test_a_closed_need_is_like_none_for_who_is_not_shown_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    one = committed(lambda db: enter(world, db, "need", title="Waste heat of dye houses", publication="public"))
    committed(lambda db: enter(world, db, "need", title="Waste heat of dye houses", publication="closed"))
    assert client_for("manager").get(f"/needs/{one}/similar").json == {"items": []}


def test_what_came_of_a_record_is_told_case_by_case(client_for: Clients, world: World, committed: Committed) -> None:
    number = committed(lambda db: world.open_case(db))
    committed(lambda db: deploy(db, number))
    at = f"/technologies/{world.technologies[0]}/outcomes"
    (told,) = client_for("officer").get(at).json["items"]
    assert (told["number"], told["outcome"], told["year"]) == (number, "deployed_verified", 2026)
    assert (told["saved"][0]["level"], told["saved"][0]["percent"]) == ("verified", "31.0")
    (of_need,) = client_for("officer").get(f"/needs/{world.needs[0]}/outcomes").json["items"]
    assert (of_need["number"], of_need["other"]) == (number, world.technologies[0])
    assert client_for("foreign_officer").get(at).status_code == 404


def test_the_cases_of_a_record_go_on_after_a_cursor(client_for: Clients, world: World, committed: Committed) -> None:
    def another(db: Connection) -> str:
        technology = add_technology(db, world.programmes["BJ"], "t-9", None)
        world.matches.append(
            add_match(db, world.actor(db, "officer"), world.programmes["BJ"], world.needs[0], technology)
        )
        return world.open_case(db, -1)

    numbers = committed(lambda db: world.open_case(db)), committed(another)
    officer, at = client_for("officer"), f"/needs/{world.needs[0]}/outcomes?limit=1"
    first = officer.get(at).json
    rest = officer.get(f"{at}&cursor={first['next']}").json
    assert [one["number"] for part in (first, rest) for one in part["items"]] == [numbers[1], numbers[0]]
    assert rest["next"] is None
    assert officer.get(f"{at}&cursor=x").status_code == 422


def test_sources_tell_how_they_are_read_when_and_what_they_have_no_more(
    client_for: Clients, world: World, engine: Engine
) -> None:
    for source, rows in (("A fair", ("T1,Pump", "T2,Valve")), ("A fair", ("T1,Pump",)), ("B fair", ("T3,Hose",))):
        content = "\n".join(["external_id,title", *rows]) + "\n"
        file = io.BytesIO(content.encode())
        import_records(engine, "technologies", file, programme="BJ", source=source, complete=True)
    officer, programme = client_for("officer"), world.programmes["BJ"]
    first = officer.get(f"/sources?programme={programme}&limit=1").json
    (fair,) = first["items"]
    assert (fair["name"], fair["programme"], fair["records"], fair["gone"]) == ("A fair", programme, 2, 1)
    assert fair["fetched_at"] is not None
    assert {"licence", "fields"} <= fair.keys()
    rest = officer.get(f"/sources?limit=1&cursor={first['next']}").json
    assert ([one["name"] for one in rest["items"]], rest["next"]) == (["B fair"], None)
    assert client_for("auditor").get(f"/sources/{fair['id']}").json == fair
    (gone,) = officer.get(f"/sources/{fair['id']}/gone").json["items"]
    assert (gone["noun"], gone["name"], gone["external_id"]) == ("technology", "Valve", "T2")
    foreign = client_for("foreign_officer")
    assert foreign.get("/sources").json["items"] == []
    assert foreign.get(f"/sources?programme={programme}").status_code == 404
    assert foreign.get(f"/sources/{fair['id']}").status_code == 404


def test_the_history_of_a_record_says_what_it_said_before_and_who_changed_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    pump = committed(lambda db: enter(world, db, "technology", title="Heat pump", publication="public"))
    officer, at = client_for("officer"), f"/technologies/{pump}"
    assert officer.post(f"{at}/correct", {"title": "Heat pumps", "reason": "There are two."}).status_code == 200
    last, first = client_for("auditor").get(f"{at}/history").json["items"]
    assert (last["kind"], last["changes"], last["reason"]) == (
        "corrected",
        {"title": ["Heat pump", "Heat pumps"]},
        "There are two.",
    )
    assert (first["kind"], first["source"]) == ("recorded", "desk")
    assert client_for("foreign_officer").get(f"{at}/history").status_code == 404


def test_of_a_closed_need_neither_history_nor_source_is_there_for_who_is_not_shown_it(
    client_for: Clients, world: World, committed: Committed
) -> None:
    need = committed(lambda db: enter(world, db, "need", title="Quicksilver", publication="closed"))
    for part in ("history", "source-row", "similar", "outcomes", "match-runs"):
        assert client_for("auditor").get(f"/needs/{need}/{part}").status_code == 200
        assert client_for("manager").get(f"/needs/{need}/{part}").status_code == 404


def test_what_a_source_says_of_a_record_stands_beside_as_what_it_is_read(
    client_for: Clients, world: World, engine: Engine
) -> None:
    file = io.BytesIO(b"external_id,title,Colour\nT1,Pump,red\n")
    import_records(engine, "technologies", file, programme="BJ", source="A fair", complete=True)
    officer = client_for("officer")
    (pump,) = officer.get("/technologies?q=pump&source=A+fair").json["items"]
    told = officer.get(f"/technologies/{pump['id']}/source-row").json
    assert officer.get(f"/sources/{told['source']}").json["name"] == "A fair"
    assert ["colour", "red"] in told["row"]
    assert told["fields"]["title"] == "title"
    none = officer.get(f"/technologies/{world.technologies[0]}/source-row").json
    assert none == {"source": None, "row": [], "fields": {}}
