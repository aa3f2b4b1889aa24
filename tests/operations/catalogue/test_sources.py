"""Sources of a programme: made by the import that names one first, and kept by who imports."""

from __future__ import annotations

from io import BytesIO
from typing import cast

import pytest
from sqlalchemy import Connection, Engine

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue.import_reader import MOST_COLUMNS
from casework.operations.catalogue.import_schemas import Kind
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.sources import (
    OURS,
    checked_fields,
    list_sources,
    open_source,
    set_source,
    show_source,
)
from casework.records.database import transaction
from tests.support.world import World


def test_a_source_is_made_once(db: Connection, world: World) -> None:
    programme = world.programmes["BJ"]
    first, again = open_source(db, programme, "PATENTS"), open_source(db, programme, "PATENTS")
    assert first == again
    assert (first.fields, first.fetched_at) == ({}, None)


def test_how_its_columns_are_read_is_kept_as_files_are_compared() -> None:
    fields = {" Name  of IT ": "title", "Status": None, "title": "title", "x": ""}
    assert checked_fields("needs", fields) == {"name of it": "title", "status": None, "x": None}


@pytest.mark.parametrize(
    "fields", [{"": "title"}, {"x" * 201: "title"}, {"x": "colour"}, {str(n): None for n in range(MOST_COLUMNS + 1)}]
)
def test_what_is_no_column_or_no_field_of_ours_is_refused(fields: dict[str, str | None]) -> None:
    with pytest.raises(InvalidForm):
        checked_fields("technologies", fields)


def test_each_field_of_ours_can_be_meant() -> None:
    for kind, names in OURS.items():
        assert checked_fields(cast(Kind, kind), {f"their {name}": name for name in names})


def test_of_needs_and_of_technologies_it_is_said_apart(db: Connection, world: World) -> None:
    programme, officer = world.programmes["BJ"], world.actor(db, "officer")
    one = open_source(db, programme, "PATENTS")
    set_source(db, officer, programme, one.id, "needs", licence=None, fields={"name": "problem"})
    set_source(db, officer, programme, one.id, "technologies", licence=None, fields={"name": "description"})
    set_source(db, officer, programme, one.id, "needs", licence=None, fields={"name": "target"})
    assert show_source(db, officer, programme, one.id).fields == {
        "needs": {"name": "target"},
        "technologies": {"name": "description"},
    }
    for kind, ours in (("needs", "description"), ("technologies", "target")):
        with pytest.raises(InvalidForm):
            set_source(db, officer, programme, one.id, cast(Kind, kind), licence=None, fields={"name": ours})


def test_they_are_listed_a_page_at_a_time(db: Connection, world: World) -> None:
    programme, officer = world.programmes["BJ"], world.actor(db, "officer")
    for n in range(60):
        open_source(db, programme, f"Source {n:02}")
    seen, cursor = list[str](), None
    for count in (25, 25, 10):
        part = list_sources(db, officer, programme, cursor=cursor)
        assert len(part.items) == count
        seen, cursor = seen + [one.name for one in part.items], part.next
    assert (cursor, seen) == (None, [f"Source {n:02}" for n in range(60)])


def test_who_reads_the_register_reads_its_sources_and_who_imports_keeps_them(db: Connection, world: World) -> None:
    programme = world.programmes["BJ"]
    one = open_source(db, programme, "PATENTS")
    set_source(db, world.actor(db, "supervisor"), programme, one.id, "needs", licence=" CC BY 4.0 ", fields={})
    assert show_source(db, world.actor(db, "officer"), programme, one.id).licence == "CC BY 4.0"
    for who in ("manager", "auditor", "compliance"):
        assert [known.name for known in list_sources(db, world.actor(db, who), programme).items] == ["PATENTS"]
        with pytest.raises(NotAllowed):
            set_source(db, world.actor(db, who), programme, one.id, "needs", licence=None, fields={})
    for who in ("foreign_officer", "provider"):
        with pytest.raises(NotFound):
            set_source(db, world.actor(db, who), programme, one.id, "needs", licence=None, fields={})
    with pytest.raises(NotFound):
        show_source(db, world.actor(db, "officer"), programme, programme)
    with pytest.raises(InvalidForm):
        set_source(db, world.actor(db, "officer"), programme, one.id, "needs", licence="x" * 2_001, fields={})


def test_one_with_closed_needs_alone_is_there_for_who_reads_these(engine: Engine, world: World) -> None:
    for source, level in (("SHUT", "closed"), ("OPEN", "public")):
        told = f"external_id,title,publication\nN1,A need,{level}\n".encode()
        assert import_records(engine, "needs", BytesIO(told), programme="BJ", source=source).created == 1
    programme = world.programmes["BJ"]
    with transaction(engine) as db:
        open_source(db, programme, "UNREAD")
        ids = {one.name: one.id for one in list_sources(db, world.actor(db, "officer"), programme).items}
        assert set(ids) == {"OPEN", "SHUT", "UNREAD"}
        for who in ("manager", "compliance"):
            actor = world.actor(db, who)
            assert [one.name for one in list_sources(db, actor, programme).items] == ["OPEN", "UNREAD"]
            with pytest.raises(NotFound):
                show_source(db, actor, programme, ids["SHUT"])
