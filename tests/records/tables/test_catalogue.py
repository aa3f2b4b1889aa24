"""Records of the catalogue: each is there once for its source, and says of its fields where they come from."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Table, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from casework.records.tables.catalogue import matches, needs, technologies
from tests.support.world import World

KEY = ("programme_id", "source", "external_id")
PAIR = ("programme_id", "need_id", "technology_id")


def unique(table: Table, *columns: str) -> str:
    """What the constraint is called by which a table holds these columns once."""
    (name,) = [
        str(one.name)
        for one in table.constraints
        if isinstance(one, UniqueConstraint) and tuple(one.columns.keys()) == columns
    ]
    return name


def add(db: Connection, table: Table, programme: str, source: str, **more: str) -> None:
    """A record of a source, which calls it `one`."""
    given = {"programme_id": programme, "source": source, "external_id": "one", **more}
    marks = ", ".join(f":{name}" for name in given)
    statement = f"INSERT INTO {table.name} (id, {', '.join(given)}) VALUES (gen_random_uuid(), {marks})"
    db.execute(text(statement), given)


@pytest.mark.parametrize("table", [needs, technologies], ids=lambda table: table.name)
def test_a_record_is_there_once_for_its_source_and_programme(world: World, db: Connection, table: Table) -> None:
    here, there = world.programmes["BJ"], world.programmes["SH"]
    for programme, source in ((here, "catalogue"), (here, "fair"), (there, "catalogue")):
        add(db, table, programme, source, title="A title")
    with pytest.raises(IntegrityError, match=unique(table, *KEY)), db.begin_nested():
        add(db, table, here, "catalogue", title="Another")
    # What may be null could be there any number of times.
    assert not any(table.columns[name].nullable for name in KEY)


def test_a_match_is_there_once_for_its_source_and_for_what_it_matches(world: World, db: Connection) -> None:
    here, (need, other) = world.programmes["BJ"], world.needs[:2]
    technology = world.technologies[0]
    add(db, matches, here, "office", need_id=other, technology_id=technology)
    for matched in (need, other):
        with pytest.raises(IntegrityError, match=unique(matches, *PAIR)), db.begin_nested():
            add(db, matches, here, "fair", need_id=matched, technology_id=technology)
    with pytest.raises(IntegrityError, match=unique(matches, *KEY)), db.begin_nested():
        add(db, matches, here, "office", need_id=need, technology_id=world.technologies[1])


@pytest.mark.parametrize("table", [needs, technologies], ids=lambda table: table.name)
def test_what_was_told_of_no_field_has_no_provenance(world: World, db: Connection, table: Table) -> None:
    row = db.execute(
        text(
            f"INSERT INTO {table.name} (id, programme_id, source, external_id, title)"
            " VALUES (gen_random_uuid(), :programme, 'test', 'new', 'A title')"
            " RETURNING provenance, owner_id, created_at, updated_at"
        ),
        {"programme": world.programmes["BJ"]},
    ).one()
    assert (row.provenance, row.owner_id) == ({}, None)
    assert row.created_at <= row.updated_at


@pytest.mark.parametrize(
    ("low", "high", "may"), [(1, 9, True), (5, 5, True), (0, 5, False), (5, 4, False), (5, 10, False)]
)
def test_the_readiness_of_a_need_is_a_range_from_one_to_nine(
    world: World, db: Connection, low: int, high: int, may: bool
) -> None:
    change = text("UPDATE needs SET readiness_low = :low, readiness_high = :high WHERE id = CAST(:id AS uuid)")
    given = {"low": low, "high": high, "id": world.needs[0]}
    if may:
        assert db.execute(change, given).rowcount == 1
    else:
        with pytest.raises(IntegrityError, match="ck_needs_readiness"), db.begin_nested():
            db.execute(change, given)
