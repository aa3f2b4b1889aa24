"""A run tells of each word in which fields of the record it stood then; one from before that was kept stays as it was."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import Connection, Engine, text

from casework.ledger.canonical_json import digest
from casework.operations.catalogue.kept_records import correct_record
from casework.operations.matching.listing import list_of
from casework.operations.matching.runs import find_listed, read_run, replay_run, show_run, start_run
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_twin_groups import alike
from tests.support.world import World, new_request


def put(world: World, db: Connection) -> dict[str, str]:
    return {
        "need": enter(world, db, "need", title="Heat pump", problem="Steam for drying sludge, 热泵"),
        "told": enter(
            world,
            db,
            "technology",
            title="Heat pump",
            title_zh="热泵",
            problem="Steam is dear.",
            advantage="It needs no steam.",
            description="For drying",
            benefits=["Less sludge"],
        ),
        "one": enter(world, db, "technology", title="Dryer of sludge", description="With a pump, for steam"),
    }


def run(world: World, db: Connection, need: str) -> str:
    return str(start_run(db, world.actor(db, "officer"), need, request=new_request()).answer["id"])


def fields_of(candidate: Any) -> dict[str, list[str]]:
    parts = candidate["explanation"]["parts"]
    return {part["text"]: part.get("fields") for part in parts if part["kind"] in ("word", "translation")}


def listed(world: World, db: Connection, made: str, technology: str) -> dict[str, list[str]]:
    (one,) = [
        one for one in show_run(db, world.actor(db, "officer"), made).candidates if one["technology"] == technology
    ]
    return fields_of(one)


def test_each_word_says_in_which_fields_it_stands(world: World, db: Connection) -> None:
    ids = put(world, db)
    made = run(world, db, ids["need"])
    told = listed(world, db, made, ids["told"])
    assert (told["heat"], told["热泵"], told["steam"]) == (["title"], ["title_zh"], ["problem", "advantage"])
    assert (told["drying"], told["sludge"]) == (["description"], ["benefits"])
    assert listed(world, db, made, ids["one"])["pump"] == ["description"]


def test_it_stays_as_it_was_when_the_run_was_made(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = put(world, db)
        made = run(world, db, ids["need"])
        before = listed(world, db, made, ids["told"])
        officer, fields = world.actor(db, "officer"), {"title": "A boat", "problem": None}
        changed: dict[str, Any] = {"fields": fields, "source": None, "reason": "It is one.", "request": new_request()}
        correct_record(db, officer, "technology", ids["told"], **changed)
        assert listed(world, db, made, ids["told"]) == before
        assert replay_run(db, officer, made).equal


def test_so_does_what_stands_behind_another(world: World, db: Connection) -> None:
    ids = put(world, db)
    twin = enter(world, db, "technology", title="Heat pump", problem="Steam is dear.")
    alike(db, world.programmes["BJ"], (ids["told"], twin))
    row = read_run(db, world.actor(db, "officer"), run(world, db, ids["need"]))
    assert twin not in [one["technology"] for one in row.found["candidates"]] or ids["told"] not in [
        one["technology"] for one in row.found["candidates"]
    ]
    for id in (twin, ids["told"]):
        found = find_listed(row, id)
        assert found is not None
        assert fields_of(found)["heat"] == ["title"]
        assert "problem" in fields_of(found)["steam"]


def test_a_run_from_before_it_was_kept_gives_the_list_that_it_gave(world: World, db: Connection) -> None:
    ids, officer = put(world, db), world.actor(db, "officer")
    made = run(world, db, ids["need"])
    row = read_run(db, officer, made)
    told: Any = {name: value for name, value in row.evidence.items() if name != "fields"}
    before = list_of(told, row.most)
    assert all("fields" not in part for one in before["candidates"] for part in one["explanation"]["parts"])
    kept = {"evidence": orjson.dumps(told).decode(), "list": orjson.dumps(before).decode()}
    write = "UPDATE match_runs SET evidence = :evidence, list = :list, digest = :digest WHERE id = CAST(:id AS uuid)"
    db.execute(text(write), {**kept, "digest": digest([kept["evidence"], kept["list"]]), "id": made})
    assert replay_run(db, officer, made).equal
    assert fields_of(show_run(db, officer, made).candidates[0]) == dict.fromkeys(fields_of(row.found["candidates"][0]))
