"""The history of one field: every value in order, by whom and in which entry; for those who read the case whole."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.core.perform import home_of
from casework.operations.history.field_history import Cell, read_answers, read_column
from casework.records.database import transaction
from tests.operations.verification.test_certificates import _erase
from tests.support.world import World

STOP = {"reason": "regulation", "found_on": "2026-01-05", "source": "A list", "finding": "A name on a list."}


def _play(world: World, db: Connection) -> str:
    number = world.new_case(db)
    world.fire(db, "officer", number, "take")
    world.fire(db, "compliance", number, "compliance_stop", STOP)
    world.fire(db, "second_compliance", number, "compliance_stop")
    return number


pytestmark = pytest.mark.stage(play=_play)


def seq_of(db: Connection, number: str, kind: str) -> int:
    query = text("SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind")
    return int(db.execute(query, {"log": home_of(db, number), "kind": kind}).scalar_one())


def test_a_column_has_its_values_the_newest_first(world: World, db: Connection, staged: str) -> None:
    told = read_column(db, world.actor(db, "auditor"), staged, Cell("cases", "owner_id"))
    (entry,) = told.items
    assert (entry.transition, entry.actor.name, len(entry.candidates)) == ("take", "Officer", 0)
    states = read_column(db, world.actor(db, "auditor"), staged, Cell("cases", "state")).items
    assert [entry.seq for entry in states] == sorted((entry.seq or 0 for entry in states), reverse=True)
    assert len(states) > 1
    # One value after the other.
    after = [next(one for one in entry.changes if (one.table, one.column) == ("cases", "state")) for entry in states]
    assert [one.after for one in after[1:]] == [one.before for one in after[:-1]]


def test_a_row_is_told_apart_from_the_others_of_its_table(world: World, db: Connection, staged: str) -> None:
    tasks = db.execute(
        text("SELECT id::text FROM tasks WHERE log_id = CAST(:log AS uuid)"), {"log": home_of(db, staged)}
    )
    auditor = world.actor(db, "auditor")
    found = {task: read_column(db, auditor, staged, Cell("tasks", "state", task)).items for task in tasks.scalars()}
    assert len(found) > 1
    for task, entries in found.items():
        assert all(any(one.id == task for one in entry.changes) for entry in entries)


def test_an_answer_is_found_by_the_form_of_an_entry(world: World, db: Connection, staged: str) -> None:
    asked = seq_of(db, staged, "proposed")
    told = read_answers(db, world.actor(db, "auditor"), staged, seq=asked, field="finding")
    assert [entry.body["finding"] for entry in told.items if entry.seq == asked] == ["A name on a list."]


def test_what_was_erased_is_told_as_erased(world: World, engine: Engine, superuser_engine: Engine, staged: str) -> None:
    with transaction(engine) as db:
        asked = seq_of(db, staged, "proposed")
    _erase(superuser_engine, staged, asked, "finding")
    with transaction(engine) as db:
        told = read_answers(db, world.actor(db, "auditor"), staged, seq=asked, field="finding")
        (entry,) = [entry for entry in told.items if entry.seq == asked]
    assert (entry.erased, entry.body["finding"]) == (["finding"], None)


@pytest.mark.parametrize("cell", [Cell("cases", "nothing"), Cell("people", "name"), Cell("tasks", "state", "x")])
def test_what_no_entry_says_is_not_found(world: World, db: Connection, staged: str, cell: Cell) -> None:
    with pytest.raises(NotFound):
        read_column(db, world.actor(db, "auditor"), staged, cell)
    with pytest.raises(NotFound):
        read_answers(db, world.actor(db, "auditor"), staged, seq=1, field="finding")


@pytest.mark.parametrize("who", ["provider", "foreign_officer", "administrator", "observer"])
def test_whoever_does_not_read_the_case_whole_learns_nothing(
    world: World, db: Connection, staged: str, who: str
) -> None:
    asked = seq_of(db, staged, "proposed")
    with pytest.raises(NotFound):
        read_column(db, world.actor(db, who), staged, Cell("cases", "state"))
    with pytest.raises(NotFound):
        read_answers(db, world.actor(db, who), staged, seq=asked, field="finding")
