"""Needs and technologies are written after their logs: many at once, held against the log before, and never made good."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, text

from benchmarks.statements import captured
from casework.engine.case_objects.kept_records import CORRECTED, fold
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.errors import Refused
from casework.operations.core.record_log import (
    TABLES,
    Change,
    Kept,
    begin_record,
    differing,
    lock_record,
    lock_records,
    new_record_log,
    retold,
    write_records,
)
from casework.records.event_log import lock_log, read_register
from casework.records.register_entries import rows_as_told
from tests.support.world import World

OTHER = "00000000-0000-7000-8000-00000000000a"


@pytest.mark.parametrize("noun", ["need", "technology"])
def test_a_record_and_a_change_of_it_stand_as_the_log_adds_up(world: World, db: Connection, noun: Kept) -> None:
    programme, by = world.programmes["BJ"], By(world.people["officer"], Role.OFFICER)
    log = new_record_log(OTHER, noun, lock_log(db, programme))
    new = begin_record(noun, log, source="BJ", external_id="N1", fields={"title": "Steam", "readiness_low": 3})
    made = write_records(db, by, [new])[OTHER]
    standing = lock_record(db, noun, OTHER, programme)
    assert standing.state == made
    change = Change(CORRECTED, {"title": "Ice"}, {"reason": "Misread."}, {"confirmed": ["title"]})
    after = write_records(db, by, [(standing, change)])[OTHER]
    row = rows_as_told(db, TABLES[noun], [OTHER])[OTHER]
    assert differing(after, row) == []
    assert row.keys() - after.keys() == {"id"}
    assert (row["title"], row["provenance"]["title"]["confirmed_by"]) == ("Ice", by.person)
    *_, last = read_register(db, OTHER)
    assert last.body == {"title": "Ice", "before.title": "Steam", "reason": "Misread."}


def test_what_differs_from_the_log_is_named_and_refused(world: World, db: Connection) -> None:
    need, other = world.needs[:2]
    db.execute(text("UPDATE needs SET sector = 'Mine' WHERE id = CAST(:id AS uuid)"), {"id": need})
    standing = lock_records(db, "need", [need, other])
    assert (standing[need].altered, standing[other].altered) == (("sector",), ())
    with pytest.raises(Refused):
        lock_record(db, "need", need, world.programmes["BJ"])


def test_many_records_take_no_more_statements_than_one(world: World, db: Connection) -> None:
    programme, by = lock_log(db, world.programmes["BJ"]), By(world.people["officer"], Role.OFFICER)

    def write(count: int, digit: str) -> int:
        ids = [f"00000000-0000-7000-8000-{digit}{n:011}" for n in range(count)]
        new = [
            begin_record(
                "need", new_record_log(id, "need", programme), source="BJ", external_id=id, fields={"title": id}
            )
            for id in ids
        ]
        with captured(str(db.engine.url.database)) as sent:
            write_records(db, by, new)
            db.execute(text("SELECT 1"))
        return len(sent)

    assert write(30, "3") == write(1, "1")


def test_what_lost_its_words_is_said_anew_from_the_row(world: World, db: Connection) -> None:
    log = lock_log(db, world.needs[0])
    assert retold(db, log, {"title"}) == {"title": fold("need", read_register(db, log.id))["title"]}
    assert retold(db, log, set()) == {}
