"""A technology is proposed to no need from whose lists a hard filter would keep it; what its record does not say passes, and is marked."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.core.record_log import TABLES
from casework.operations.matching.fitting import MOST
from casework.operations.matching.runs import start_run
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter
from tests.operations.matching.test_proposals import OFFERED, WORDS, propose, proposed
from tests.support.world import World, new_request


def search(db: Connection, world: World, need: str, **more: Any) -> None:
    start_run(db, world.actor(db, "officer"), need, request=new_request(), **more)


#: What a list asks beside what the need says, and what a technology says that it removes.
ASKED: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("country", {"countries": ["DE"]}, {"developed_in": ["FR"]}),
    ("licence", {"licence": True}, {"licences": ["none"]}),
    ("standard", {"standards": ["ISO 9001"]}, {"standards": [{"name": "ISO 9001", "held": "no"}]}),
    ("restriction", {"territory": "RU"}, {"restrictions": [{"kind": "export_control", "countries": "RU"}]}),
    ("readiness", {"readiness": [8, 9]}, {"readiness_low": 2, "readiness_high": 3}),
]


@pytest.mark.parametrize(("name", "wanted", "says"), ASKED, ids=[name for name, *_ in ASKED])
def test_what_the_last_list_for_a_need_asks_keeps_a_technology_from_it(
    world: World, engine: Engine, name: str, wanted: dict[str, Any], says: dict[str, Any]
) -> None:
    with transaction(engine) as db:
        asking, plain = enter(world, db, "need", **WORDS), enter(world, db, "need", **WORDS)
        search(db, world, asking, wanted=wanted)
        removed = enter(world, db, "technology", **OFFERED, **says)
        silent = enter(world, db, "technology", **OFFERED | {"title": "Heat pump of a waste heat"})
    propose(engine, world)
    assert [one.technology for one in proposed(engine, world, asking)] == [silent]
    (one,) = proposed(engine, world, asking)
    assert {"name": name, "verdict": "unknown"} in one.filters
    assert {one.technology for one in proposed(engine, world, plain)} == {removed, silent}


def test_an_organisation_that_a_list_leaves_out_is_not_proposed_to_its_need(world: World, engine: Engine) -> None:
    owner = world.organisations["technology_owner"]
    with transaction(engine) as db:
        need = enter(world, db, "need", **WORDS)
        search(db, world, need, wanted={"excluded": [owner]})
        enter(world, db, "technology", owner_id=owner, **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []


def test_a_legal_restriction_here_keeps_a_technology_from_a_need_for_which_nobody_has_searched(
    world: World, engine: Engine
) -> None:
    barred = [{"kind": "export_control", "countries": "CN"}]
    with transaction(engine) as db:
        need = enter(world, db, "need", **WORDS)
        enter(world, db, "technology", restrictions=barred, **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []


def test_what_gives_no_licence_is_not_proposed_to_a_need_that_wants_one(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, plain = enter(world, db, "need", **WORDS, wanted_form="licence"), enter(world, db, "need", **WORDS)
        technology = enter(world, db, "technology", licences=["none"], **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []
    assert [one.technology for one in proposed(engine, world, plain)] == [technology]


@pytest.mark.parametrize("asks", [{"country": "DE"}, {"required_standards": ["CE"]}])
def test_what_is_used_elsewhere_or_lacks_a_standard_is_not_proposed(
    world: World, engine: Engine, asks: dict[str, Any]
) -> None:
    with transaction(engine) as db:
        need, plain = enter(world, db, "need", **WORDS, **asks), enter(world, db, "need", **WORDS)
        lacks = [{"name": "CE", "held": "no"}]
        technology = enter(world, db, "technology", deployed_in=["FR"], standards=lacks, **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []
    assert [one.technology for one in proposed(engine, world, plain)] == [technology]


def test_the_last_list_counts_and_what_it_left_out_with_a_reason_is_not_asked(world: World, engine: Engine) -> None:
    says = {"developed_in": ["FR"], "licences": ["none"]}
    with transaction(engine) as db:
        need = enter(world, db, "need", **WORDS)
        search(db, world, need, wanted={"licence": True})
        search(db, world, need, wanted={"countries": ["DE"]}, relaxed={"country": "A branch will do."})
        technology = enter(world, db, "technology", **OFFERED, **says)
    propose(engine, world)
    (one,) = proposed(engine, world, need)
    assert (one.technology, "country" in {said["name"] for said in one.filters}) == (technology, False)


def test_what_a_need_says_now_counts_whatever_a_list_asked_before(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need = enter(world, db, "need", readiness_low=7, readiness_high=9, **WORDS)
        search(db, world, need, wanted={"readiness": [1, 9]})
        enter(world, db, "technology", readiness_low=2, readiness_high=3, **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []


def test_a_conflict_of_interest_keeps_a_technology_from_a_need_though_a_list_left_it_out(
    world: World, engine: Engine
) -> None:
    owner = world.organisations["technology_owner"]
    with transaction(engine) as db:
        sister = world.shared_party(db, "A sister", register_number="91 11A")
        told = text("UPDATE organisations SET register_number = '91 11A' WHERE id = CAST(:id AS uuid)")
        db.execute(told, {"id": owner})
        need = enter(world, db, "need", owner_id=sister, **WORDS)
        search(db, world, need, relaxed={"conflict": "Both agree."})
        enter(world, db, "technology", owner_id=owner, **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []


def test_the_list_of_a_need_that_was_merged_into_another_asks_for_that_one(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need, gone = enter(world, db, "need", **WORDS), enter(world, db, "need", **WORDS)
        search(db, world, gone, wanted={"licence": True})
        merge = f"UPDATE {TABLES['need']} SET merged_into = CAST(:into AS uuid) WHERE id = CAST(:id AS uuid)"
        db.execute(text(merge), {"into": need, "id": gone})
        enter(world, db, "technology", licences=["none"], **OFFERED)
    propose(engine, world)
    assert proposed(engine, world, need) == []


def test_needs_from_which_a_filter_keeps_it_take_the_place_of_none_that_it_may_meet(
    world: World, engine: Engine
) -> None:
    with transaction(engine) as db:
        for n in range(4 * MOST + 1):
            asking = enter(world, db, "need", publication="public", **WORDS)
            if n == 0:
                search(db, world, asking, wanted={"licence": True})
        copy = text("""
            INSERT INTO match_runs (id, programme_id, need_id, made_by, made_at, said, most, evidence, list, digest, asks)
            SELECT gen_random_uuid(), n.programme_id, n.id, r.made_by, r.made_at, '', r.most, r.evidence, r.list, r.digest, r.asks
            FROM needs n CROSS JOIN match_runs r
        """)
        db.execute(copy)
        may = enter(world, db, "need", publication="public", **WORDS)
        enter(world, db, "technology", licences=["none"], **OFFERED)
    propose(engine, world)
    with transaction(engine) as db:
        assert db.execute(text("SELECT need_id::text FROM match_proposals")).scalars().all() == [may]


def test_a_list_whose_words_were_erased_asks_what_the_need_says(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        need = enter(world, db, "need", **WORDS)
        search(db, world, need, wanted={"licence": True})
        db.execute(text("UPDATE match_runs SET asks = '\"erased\"'"))
        enter(world, db, "technology", licences=["none"], **OFFERED)
    propose(engine, world)
    assert len(proposed(engine, world, need)) == 1
