"""A worker brings in what was taken over: once, however often it dies, and it tells what is refused."""

from __future__ import annotations

import io
from contextlib import nullcontext
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DataError, OperationalError

from casework.errors import DatabaseUnavailable, InvalidForm
from casework.jobs.dispatcher import dispatch
from casework.operations.catalogue import file_imports, import_batches, import_worker
from casework.operations.catalogue.importer import import_records
from casework.operations.catalogue.source_rows import read_source_row
from casework.operations.catalogue.sources import open_source, set_source
from casework.records.database import transaction
from tests.operations.catalogue.test_file_imports import FIELDS, count, hand_in, show, take
from tests.support.world import World


def test_a_worker_brings_it_in_and_the_source_keeps_how_it_is_read(engine: Engine, world: World) -> None:
    id = hand_in(engine, world)
    import_worker.carry_on(engine, id)
    assert (show(engine, world, id).state, count(engine)) == ("looked_at", 0)
    take(engine, world, id)
    import_worker.carry_on(engine, id)
    done = show(engine, world, id)
    assert (done.state, done.report["created"], done.report["bad"], count(engine)) == ("done", 5, 1, 5)
    assert [one["row"] for one in done.report["faults"]] == [7]
    with transaction(engine) as db:
        source = open_source(db, world.programmes["BJ"], "PATENTS")
        assert (source.licence, source.fields) == ("CC BY 4.0", {"technologies": FIELDS})
        assert db.execute(text("SELECT count(*) FROM import_pieces")).scalar_one() == 0
        with pytest.raises(InvalidForm):
            file_imports.take_over(db, world.actor(db, "officer"), world.programmes["BJ"], id, licence=None)


@pytest.mark.parametrize("gone", [True, False])
def test_what_a_dead_worker_refused_stands_in_nobodys_way(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 2)
    old = b"source,external_id,title\nOTHERS,OLD,Old\n"
    import_records(engine, "technologies", io.BytesIO(old), programme="BJ", source="PATENTS")
    told = "source,external_id,title\nOTHERS,P1,One\nPATENTS,P2,\x07\nPATENTS,P2,Two\nPATENTS,P3,Three\n"
    id = hand_in(engine, world, told, complete=gone)
    with transaction(engine) as db:
        file_imports.take_over(db, world.actor(db, "officer"), world.programmes["BJ"], id, licence=None)
    alive, noted = import_worker._note, 0

    def note(db: Connection, id: str, row: int, report: Any) -> None:
        nonlocal noted
        noted += 1
        if noted == 2:
            raise KeyboardInterrupt
        alive(db, id, row, report)

    monkeypatch.setattr(import_worker, "_note", note)
    with pytest.raises(KeyboardInterrupt):
        import_worker.carry_on(engine, id)
    import_worker.carry_on(engine, id)
    done = show(engine, world, id)
    assert (done.report["created"], done.report["bad"], done.report["gone"]) == (3, 1, int(gone))


@pytest.mark.parametrize("batches", [1, 2])
def test_a_worker_that_dies_is_followed_by_one_that_goes_on(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 2)
    import_records(
        engine, "technologies", io.BytesIO(b"external_id,title\nOLD,Old\n"), programme="BJ", source="PATENTS"
    )
    id = hand_in(engine, world)
    take(engine, world, id)
    alive = import_worker._note

    class Died(BaseException):
        pass

    left = batches

    def note(db: Connection, id: str, row: int, report: Any) -> None:
        nonlocal left
        if not left:
            raise Died
        left -= 1
        alive(db, id, row, report)

    monkeypatch.setattr(import_worker, "_note", note)
    with pytest.raises(Died):
        import_worker.carry_on(engine, id)
    assert (show(engine, world, id).state, show(engine, world, id).rows_read) == ("waiting", 1 + 2 * batches)
    assert count(engine) == 1 + 2 * batches
    monkeypatch.setattr(import_worker, "_note", alive)
    import_worker.carry_on(engine, id)
    done = show(engine, world, id)
    assert (done.state, done.report["rows"], done.report["created"], done.report["bad"]) == ("done", 6, 5, 1)
    assert (done.report["gone"], count(engine)) == (1, 6)


def test_what_is_refused_as_a_whole_is_told(engine: Engine, world: World) -> None:
    id = hand_in(engine, world)
    take(engine, world, id)
    with transaction(engine) as db:
        db.execute(text("UPDATE imports SET person_id = CAST(:id AS uuid)"), {"id": world.people["auditor"]})
    import_worker.carry_on(engine, id)
    assert (show(engine, world, id).state, count(engine)) == ("failed", 0)


def test_it_is_read_as_its_person_said_whatever_the_source_says_since(engine: Engine, world: World) -> None:
    id = hand_in(engine, world)
    take(engine, world, id)
    with transaction(engine) as db:
        actor, programme = world.actor(db, "officer"), world.programmes["BJ"]
        known = open_source(db, programme, "PATENTS")
        fields = {"number": "title", "name": "external_id"}
        set_source(db, actor, programme, known.id, "technologies", licence=None, fields=fields)
    import_worker.carry_on(engine, id)
    assert (show(engine, world, id).report["created"], count(engine)) == (5, 5)
    with transaction(engine) as db:
        titles = db.execute(text("SELECT title FROM technologies WHERE source = 'PATENTS' ORDER BY title")).scalars()
        assert next(iter(titles)) == "Pump 0"


def test_a_number_longer_than_machines_count_is_a_number_like_any_other(engine: Engine, world: World) -> None:
    row = '{"number": "P1", "name": "Pump", "colour": %s, "weight": 1e999999999}'
    id = hand_in(engine, world, row % (1 << 80))
    take(engine, world, id)
    import_worker.carry_on(engine, id)
    assert (show(engine, world, id).state, count(engine)) == ("done", 1)
    with transaction(engine) as db:
        actor = world.actor(db, "officer")
        made = db.execute(text("SELECT id::text FROM technologies WHERE source = 'PATENTS'")).scalar_one()
        assert dict(read_source_row(db, actor, "technology", made).row)["colour"] == 1 << 80


@pytest.mark.parametrize(
    ("fault", "state"),
    [
        (ValueError(), "failed"),
        (DataError("", {}, Exception()), "failed"),
        (OperationalError("", {}, Exception()), "waiting"),
        (DatabaseUnavailable("gone"), "waiting"),
    ],
)
def test_a_fault_of_the_file_ends_it_and_one_of_the_database_does_not(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, fault: Exception, state: str
) -> None:
    id = hand_in(engine, world)
    take(engine, world, id)

    def note(*_: object) -> None:
        raise fault

    monkeypatch.setattr(import_worker, "_note", note)
    with nullcontext() if state == "failed" else pytest.raises(type(fault)):
        import_worker.carry_on(engine, id)
    shown = show(engine, world, id)
    assert shown.state == state
    # What was counted of rows that were rolled back is not told as brought in.
    assert (count(engine), shown.report.get("new", 0)) == (0, 0)


def test_files_of_a_programme_come_in_one_after_the_other(engine: Engine, world: World) -> None:
    for source in ("PATENTS", "OTHERS"):
        take(engine, world, hand_in(engine, world, source=source))
    dispatch(engine, mailing=False)
    with transaction(engine) as db:
        locks = db.execute(text("SELECT lock FROM procrastinate_jobs WHERE queueing_lock LIKE 'bring_in %'")).scalars()
        assert list(locks) == [f"imports of {world.programmes['BJ']}"] * 2
