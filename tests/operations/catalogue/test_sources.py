"""Sources of a programme: made by the import that names one first, and kept by who imports."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.errors import InvalidForm, NotAllowed, NotFound
from casework.operations.catalogue.import_reader import MOST_COLUMNS
from casework.operations.catalogue.sources import (
    OURS,
    checked_fields,
    list_sources,
    open_source,
    set_source,
    show_source,
)
from tests.support.world import World


def test_a_source_is_made_once(db: Connection, world: World) -> None:
    programme = world.programmes["BJ"]
    first, again = open_source(db, programme, "PATENTS"), open_source(db, programme, "PATENTS")
    assert first == again
    assert (first.fields, first.fetched_at) == ({}, None)


def test_how_its_columns_are_read_is_kept_as_files_are_compared() -> None:
    fields = {" Name  of IT ": "title", "Status": None, "title": "title", "x": ""}
    assert checked_fields(fields) == {"name of it": "title", "status": None, "x": None}


@pytest.mark.parametrize(
    "fields", [{"": "title"}, {"x" * 201: "title"}, {"x": "colour"}, {str(n): None for n in range(MOST_COLUMNS + 1)}]
)
def test_what_is_no_column_or_no_field_of_ours_is_refused(fields: dict[str, str | None]) -> None:
    with pytest.raises(InvalidForm):
        checked_fields(fields)


def test_each_field_of_ours_can_be_meant() -> None:
    for names in OURS.values():
        assert checked_fields({f"their {name}": name for name in names})


def test_who_reads_the_register_reads_its_sources_and_who_imports_keeps_them(db: Connection, world: World) -> None:
    programme = world.programmes["BJ"]
    one = open_source(db, programme, "PATENTS")
    set_source(db, world.actor(db, "supervisor"), programme, one.id, licence=" CC BY 4.0 ", fields={})
    assert show_source(db, world.actor(db, "officer"), programme, one.id).licence == "CC BY 4.0"
    for who in ("manager", "auditor", "compliance"):
        assert [known.name for known in list_sources(db, world.actor(db, who), programme)] == ["PATENTS"]
        with pytest.raises(NotAllowed):
            set_source(db, world.actor(db, who), programme, one.id, licence=None, fields={})
    for who in ("foreign_officer", "provider"):
        with pytest.raises(NotFound):
            set_source(db, world.actor(db, who), programme, one.id, licence=None, fields={})
    with pytest.raises(NotFound):
        show_source(db, world.actor(db, "officer"), programme, programme)
    with pytest.raises(InvalidForm):
        set_source(db, world.actor(db, "officer"), programme, one.id, licence="x" * 2_001, fields={})
