"""Refused rows of a file: a trial of the whole file finds each, however many, and changes nothing."""

from __future__ import annotations

import tracemalloc
from collections.abc import Generator
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework import reasons
from casework.operations.catalogue import (
    file_imports,
    import_batches,
    import_reader,
    import_worker,
    importer,
    refused_rows,
)
from casework.operations.catalogue.import_reader import Row
from casework.operations.catalogue.import_report import Refused
from casework.operations.catalogue.refused_rows import all_refused, list_refused
from casework.records.database import transaction
from tests.operations.catalogue.test_file_imports import FIELDS, count, hand_in, show, take
from tests.support.world import World

MANY = 1_300


def told(rows: int = MANY) -> str:
    return "Number;Name;Colour\n" + "".join(f"P{n};;red\n" if n % 2 else f"P{n};Pump {n};red\n" for n in range(rows))


def try_out(engine: Engine, world: World, id: str, fields: dict[str, str | None] = FIELDS) -> None:
    with transaction(engine) as db:
        actor, programme = world.actor(db, "officer"), world.programmes["BJ"]
        file_imports.set_fields(db, actor, programme, id, fields)
        file_imports.try_out(db, actor, programme, id)
        file_imports.try_out(db, actor, programme, id)


def refused(engine: Engine, id: str) -> list[Refused]:
    with transaction(engine) as db:
        return list(all_refused(db, id))


def test_a_trial_reads_the_whole_file_and_records_nothing(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 100)
    id = hand_in(engine, world, told(), complete=False)
    try_out(engine, world, id)
    assert show(engine, world, id).state == "trying"
    import_worker.carry_on(engine, id)
    tried = show(engine, world, id)
    assert tried.state == "looked_at"
    assert (tried.report["rows"], tried.report["created"], tried.report["bad"]) == (MANY, MANY // 2, MANY // 2)
    assert (tried.report["share"], tried.report["dry_run"]) == (100, True)
    assert count(engine) == 0
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM sources WHERE name = 'PATENTS'")).scalar_one() == 0
    # It says beforehand what the import then says.
    take(engine, world, id)
    assert refused(engine, id) == []
    import_worker.carry_on(engine, id)
    done = show(engine, world, id)
    assert (done.report["created"], done.report["bad"], count(engine)) == (MANY // 2, MANY // 2, MANY // 2)


def test_each_refused_row_is_kept_with_what_the_file_has(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused_rows, "_AT_ONCE", 7)
    id = hand_in(engine, world, told(60))
    try_out(engine, world, id)
    import_worker.carry_on(engine, id)
    found = refused(engine, id)
    assert [one.row for one in found] == [n + 2 for n in range(60) if n % 2]
    assert found[0] == Refused(3, [("title", reasons.imports.MISSING)], {"number": "P1", "name": "", "colour": "red"})
    assert show(engine, world, id).report["columns"] == ["number", "name", "colour"]
    with transaction(engine) as db:
        assert [one.row for one in list_refused(db, id, start=28, most=9)] == [59, 61]
        assert [one.row for one in list_refused(db, id, after=57, most=1)] == [59]


def test_long_names_of_columns_are_not_kept_with_each_row(engine: Engine, world: World) -> None:
    """Two hundred of two hundred letters, beside cells that say nothing, would be a hundred times what the file has."""
    names = ["number", "name", *(f"{n:0200}" for n in range(190))]
    rows = [["P1", *[""] * 191], ["P2", "", *["x"] * 190]]
    id = hand_in(engine, world, "\n".join(",".join(row) for row in (names, *rows)))
    try_out(engine, world, id)
    import_worker.carry_on(engine, id)
    assert [one.cells for one in refused(engine, id)] == [{"number": "P1"}, {}]


def test_a_trial_that_dies_goes_on_and_tells_no_row_twice(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 10)
    id = hand_in(engine, world, told(60))
    try_out(engine, world, id)
    alive, noted = import_worker._note, 0

    def note(*given: Any) -> None:
        nonlocal noted
        noted += 1
        if noted == 3:
            raise KeyboardInterrupt
        alive(*given)

    monkeypatch.setattr(import_worker, "_note", note)
    with pytest.raises(KeyboardInterrupt):
        import_worker.carry_on(engine, id)
    assert (show(engine, world, id).state, len(refused(engine, id))) == ("trying", 10)
    import_worker.carry_on(engine, id)
    assert (show(engine, world, id).report["bad"], len(refused(engine, id))) == (30, 30)


def test_a_file_that_is_read_otherwise_meanwhile_ends_its_trial(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 10)
    id = hand_in(engine, world, told(60))
    try_out(engine, world, id)
    again, read_rows = FIELDS | {"colour": "owner"}, import_reader.read_rows

    def read(*given: Any) -> Generator[Row]:
        for n, row in enumerate(read_rows(*given)):
            if n == 25:
                monkeypatch.setattr(importer, "read_rows", read_rows)
                try_out(engine, world, id, again)
            yield row

    monkeypatch.setattr(importer, "read_rows", read)
    import_worker.carry_on(engine, id)
    # The worker notices, and nothing that it found counts for the next trial.
    assert (show(engine, world, id).state, show(engine, world, id).report, refused(engine, id)) == ("trying", {}, [])
    import_worker.carry_on(engine, id)
    assert (show(engine, world, id).state, show(engine, world, id).report["bad"]) == ("looked_at", 30)


def test_a_trial_tells_what_is_changed_and_unchanged_and_gone(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 1)
    take(engine, world, first := hand_in(engine, world, "Number;Name\nP0;Pump\nP1;Pump\nP2;Pump\n"))
    import_worker.carry_on(engine, first)
    id = hand_in(engine, world, "Number;Name\nP0;Pump\nP1;Valve\nP3;Kiln\n")
    try_out(engine, world, id, {"number": "external_id", "name": "title"})
    import_worker.carry_on(engine, id)
    report = show(engine, world, id).report
    assert [report[name] for name in ("created", "updated", "unchanged", "gone", "bad")] == [1, 1, 1, 1, 0]
    assert count(engine) == 3
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM source_rows WHERE gone_since IS NOT NULL")).scalar_one() == 0


def test_what_is_refused_as_a_whole_leaves_the_file_to_be_put_right(engine: Engine, world: World) -> None:
    id = hand_in(engine, world)
    try_out(engine, world, id)
    with transaction(engine) as db:
        db.execute(text("UPDATE imports SET person_id = CAST(:id AS uuid)"), {"id": world.people["auditor"]})
    import_worker.carry_on(engine, id)
    assert show(engine, world, id).state == "looked_at"
    assert [one.faults[0][0] for one in refused(engine, id)] == ["file"]


def test_what_no_text_of_the_database_holds_is_told_all_the_same(engine: Engine, world: World) -> None:
    row = '{"external_id": "P%d", "title": "a\\u0000\\ud800", "weight": 1e999999999, "b\\u0000": %d}\n'
    id = hand_in(engine, world, row % (1, 1 << 80) + row % (2, 1))
    try_out(engine, world, id, {})
    import_worker.carry_on(engine, id)
    assert [(one.row, one.cells["external_id"]) for one in refused(engine, id)] == [(1, "P1"), (2, "P2")]


def test_those_of_a_file_that_is_long_over_are_forgotten(engine: Engine, world: World) -> None:
    old, new = hand_in(engine, world), hand_in(engine, world, source="OTHERS")
    for id in (old, new):
        take(engine, world, id)
        import_worker.carry_on(engine, id)
    with transaction(engine) as db:
        statement = text(
            "UPDATE imports SET ended_at = casework_now() - interval '31 days' WHERE id = CAST(:id AS uuid)"
        )
        db.execute(statement, {"id": old})
        assert refused_rows.forget_refused(db) == 1
    assert [len(refused(engine, id)) for id in (old, new)] == [0, 1]


def test_however_many_there_are_few_are_in_memory(engine: Engine, world: World) -> None:
    id = hand_in(engine, world)
    with transaction(engine) as db:
        for first in range(0, 20_000, 500):
            some = [Refused(first + n, [("title", reasons.imports.MISSING)], {"name": "x" * 400}) for n in range(500)]
            refused_rows.keep_refused(db, id, some)
    tracemalloc.start()
    with transaction(engine) as db:
        assert sum(1 for _ in all_refused(db, id)) == 20_000
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 8_000_000
