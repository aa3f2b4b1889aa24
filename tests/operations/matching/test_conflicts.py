"""A run says of a technology whether its owner has an interest in the need itself, and nothing of what is sealed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, text

from casework.errors import InvalidForm
from casework.json_values import JsonObject
from casework.operations.cases.case_actions import declare_interest
from casework.operations.catalogue.organisations import keep_row
from casework.operations.matching.conflicts import conflicts_of
from casework.operations.matching.runs import read_run, replay_run, show_run, start_run
from casework.operations.mediations.service import open_mediation
from casework.operations.people.registry import register_organisation
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World, new_request


def party(world: World, db: Connection, name: str, *owners: tuple[str, str], **more: Any) -> str:
    """An organisation of Beijing, with who owns it."""
    id = register_organisation(db, name=name, country="CN", programme=world.programmes["BJ"], **more)
    for kind, owner in owners:
        fields = {"name": owner, "kind": kind}
        keep_row(
            db, world.actor(db, "officer"), id, "owners", None, fields=fields, source="A call", request=new_request()
        )
    return id


def put(
    world: World, db: Connection, need_owner: str | None, owners: dict[str, str | None]
) -> tuple[str, dict[str, str]]:
    """A need, and heat pumps of these owners; gives their ids."""
    ids = {name: enter(world, db, "technology", title=f"Heat pump {name}") for name in owners}
    need = enter(world, db, "need", title="Heat pump")
    db.execute(
        text("UPDATE needs SET owner_id = CAST(:owner AS uuid) WHERE id = CAST(:id AS uuid)"),
        {"owner": need_owner, "id": need},
    )
    for name, owner in owners.items():
        given = {"owner": owner, "id": ids[name]}
        db.execute(text("UPDATE technologies SET owner_id = CAST(:owner AS uuid) WHERE id = CAST(:id AS uuid)"), given)
    return need, ids


def search(world: World, db: Connection, need: str, **more: Any) -> str:
    return str(start_run(db, world.actor(db, "officer"), need, request=new_request(), **more).answer["id"])


def said(world: World, db: Connection, run: str) -> tuple[dict[str, str], JsonObject]:
    """By candidate that stayed what the filter says of it, and the filter with its counts."""
    shown = show_run(db, world.actor(db, "officer"), run)
    verdicts = {
        one["technology"]: {each["name"]: each["verdict"] for each in one["explanation"]["filters"]}.get("conflict", "")
        for one in shown.candidates
    }
    return verdicts, next((one for one in shown.filters if one["name"] == "conflict"), {})


def test_whose_owner_has_an_interest_in_the_need_is_removed_and_counted(world: World, db: Connection) -> None:
    mill = party(world, db, "Mill", ("organisation", "Green Fund"), ("person", "王伟"))
    need, ids = put(
        world,
        db,
        mill,
        {
            "of its own": mill,
            "of its fund": party(world, db, "Maker", ("organisation", "green  fund")),
            "of a namesake": party(world, db, "Kiln", ("person", "王伟")),
            "of others": party(world, db, "Furnace", ("organisation", "Blue Fund")),
            "of some": party(world, db, "Dryer"),
            "of nobody": None,
        },
    )
    run = search(world, db, need)
    verdicts, counted = said(world, db, run)
    assert {ids["of its own"], ids["of its fund"]}.isdisjoint(verdicts)
    assert {name: verdicts[ids[name]] for name in ("of a namesake", "of others", "of some", "of nobody")} == {
        "of a namesake": "unknown",
        "of others": "passed",
        "of some": "unknown",
        "of nobody": "unknown",
    }
    assert (counted["removed"], counted["unknown"] >= 3) == (2, True)
    assert replay_run(db, world.actor(db, "auditor"), run).equal
    # Codes alone are kept: the names of owners can be erased.
    assert "王伟" not in str(read_run(db, world.actor(db, "officer"), run).evidence)


def test_it_is_relaxed_with_a_reason_that_the_run_keeps(world: World, db: Connection) -> None:
    mill = party(world, db, "Mill")
    need, ids = put(world, db, mill, {"of its own": mill})
    run = search(world, db, need, relaxed={"conflict": "A group may share what it has."})
    verdicts, counted = said(world, db, run)
    assert (ids["of its own"] in verdicts, counted) == (True, {})
    kept = read_run(db, world.actor(db, "officer"), run).evidence
    assert kept["relaxed"] == {"conflict": "A group may share what it has."}
    with pytest.raises(InvalidForm):
        search(world, db, need, relaxed={"conflict": " "})


def test_a_need_that_is_nobodys_asks_for_none(world: World, db: Connection) -> None:
    mill = party(world, db, "Mill")
    need, ids = put(world, db, None, {"of a mill": mill})
    verdicts, counted = said(world, db, search(world, db, need))
    assert (verdicts[ids["of a mill"]], counted) == ("", {})


def test_who_declared_an_interest_in_a_case_of_the_owner_is_told_so_and_nobody_else(
    world: World, db: Connection
) -> None:
    number, mill = world.open_case(db), party(world, db, "Mill")
    owner = world.organisations["technology_owner"]
    declare_interest(db, world.actor(db, "manager"), number, nature="A cousin.", request=new_request())

    def told(who: str) -> str | None:
        return conflicts_of(db, world.programmes["BJ"], world.people[who], mill, [owner]).get(owner)

    assert (told("manager"), told("officer")) == ("interest", None)


def test_that_there_is_a_mediation_between_two_changes_nothing(world: World, db: Connection) -> None:
    number, parties = world.open_case(db), world.organisations
    need, _ = put(world, db, parties["need_owner"], {"of the other side": parties["technology_owner"]})
    before = said(world, db, search(world, db, need))
    open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
    assert said(world, db, search(world, db, need)) == before


def test_what_a_provider_says_of_standing_conflicts_counts(world: World, db: Connection) -> None:
    mill, lab = party(world, db, "Mill", name_zh="磨坊"), party(world, db, "Lab", kind="provider")
    given = {"profile": '{"conflicts": ["磨坊"]}', "id": lab}
    db.execute(text("UPDATE organisations SET profile = CAST(:profile AS jsonb) WHERE id = CAST(:id AS uuid)"), given)
    assert conflicts_of(db, world.programmes["BJ"], world.people["officer"], mill, [lab]) == {lab: "standing"}


def test_owners_are_those_that_people_of_the_same_programme_have_entered(world: World, db: Connection) -> None:
    mill = party(world, db, "Mill", ("organisation", "Green Fund"))
    maker = party(world, db, "Maker", ("organisation", "Green Fund"))
    officer = world.people["officer"]
    assert conflicts_of(db, world.programmes["BJ"], officer, mill, [maker]) == {maker: "owner"}
    assert conflicts_of(db, world.programmes["SH"], officer, mill, [maker]) == {}
