"""The entry of a table in its programme's log: who, when, which file, what came of it; and that a forged one is found."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine

from casework.errors import NotAllowed, NotFound
from casework.operations.catalogue.table_log import list_tables, names_of_brought, show_table
from casework.operations.verification.record_judgement import import_faults
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from casework.records.event_log import read_register
from tests.operations.catalogue.test_table_import import ORGANISATIONS, bring
from tests.support.world import World


def test_the_log_of_the_programme_tells_of_each_table(engine: Engine, world: World) -> None:
    home = world.programmes["BJ"]
    with transaction(engine) as db:
        done = bring(db, world, "organisations", ORGANISATIONS, name="C:\\lists\\works of\t2026.csv")
        assert [one["row"] for one in done["records"]] == [2, 3, 4]
    with transaction(engine) as db:
        officer = world.actor(db, "officer")
        [one] = list_tables(db, officer, home, "organisations")
        assert one == show_table(db, officer, home, "organisations", done["entry"])
        assert (one.file, one.source, one.who) == ("works of 2026.csv", "The city's list of 2026", "Officer")
        assert (one.span, one.created, one.changed) == ((2, 4), 2, 1)
        assert [row.name for row in names_of_brought(db, officer, "organisations", one.records)] == [
            "Beijing Heat Works",
            "Nordlicht GmbH",
        ]
        assert list_tables(db, officer, home, "rights") == []
        # What changes nothing is told of nowhere, and no trial is.
        assert bring(db, world, "organisations", ORGANISATIONS)["entry"] is None
        assert bring(db, world, "organisations", "name\nNew One\n", dry_run=True)["entry"] is None
        assert len(list_tables(db, officer, home, "organisations")) == 1
        with pytest.raises(NotFound):
            list_tables(db, world.actor(db, "foreign_officer"), home, "organisations")
        with pytest.raises(NotAllowed):
            show_table(db, world.actor(db, "auditor"), home, "organisations", done["entry"])
        with pytest.raises(NotFound):
            show_table(db, officer, home, "organisations", done["entry"] + 1)
    assert list(verify_all(engine)) == []


def test_a_table_that_reached_another_record_than_told_is_found(engine: Engine, world: World) -> None:
    home = world.programmes["BJ"]
    with transaction(engine) as db:
        bring(db, world, "organisations", ORGANISATIONS)
        events = list(read_register(db, home))
        assert list(import_faults(db, home, events)) == []
        other = world.organisations["lab"]
        events[-1].effects["brought"].append(other)
        [(seq, why)] = import_faults(db, home, events)
        assert seq == events[-1].seq
        assert f"a table was brought into {other}" in why
