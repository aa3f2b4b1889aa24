"""Similar records: those that say much of the same, of the same programme and kind, and what may be the same first."""

from __future__ import annotations

from sqlalchemy import Connection, text

from casework.operations.catalogue.service import show_record
from casework.operations.catalogue.views import Technology
from casework.operations.matching.similar import list_similar
from tests.operations.core.test_catalogue_index import enter
from tests.support.world import World


def test_what_says_much_of_the_same_is_similar_and_the_rest_is_not(world: World, db: Connection) -> None:
    pump = enter(
        world, db, "technology", title="Heat pump for dye houses", description="It dries yarn with waste heat."
    )
    other = enter(world, db, "technology", title="Heat pump for paper mills", description="It dries paper.")
    twin = enter(world, db, "technology", title="Waste heat pump for dye works")
    far = enter(world, db, "technology", title="Seaweed fodder for cows")
    need = enter(world, db, "need", title="Heat pump for dye houses")
    pair = {"one": min(pump, twin), "other": max(pump, twin), "programme": world.programmes["BJ"]}
    db.execute(
        text(
            "INSERT INTO twin_pairs (one_id, other_id, programme_id, likeness, titles, in_order)"
            " VALUES (CAST(:one AS uuid), CAST(:other AS uuid), CAST(:programme AS uuid), 0.7, 0.7, 0.7)"
        ),
        pair,
    )
    officer = world.actor(db, "officer")
    found = list_similar(db, officer, "technology", show_record(db, officer, Technology, pump))
    assert [(one.id, one.twin) for one in found[:2]] == [(twin, 0.7), (other, None)]
    assert not {far, need, pump} & {one.id for one in found}


def test_who_reads_no_register_is_told_of_none(world: World, db: Connection) -> None:
    pump = enter(world, db, "technology", title="Heat pump for dye houses")
    enter(world, db, "technology", title="Heat pump for paper mills")
    one = show_record(db, world.actor(db, "officer"), Technology, pump)
    assert list_similar(db, world.actor(db, "foreign_officer"), "technology", one) == []
