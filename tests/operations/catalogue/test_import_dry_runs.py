"""What a dry run of an import tells is what the import then does, row by row, over random files."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from casework.commands.faults import explain
from casework.engine.case_objects.kept_records import CONFIRMED
from casework.engine.execution.context import By
from casework.engine.roles import Role
from casework.engine.state.register_effects import RegisterEffects
from casework.operations.catalogue.import_batches import BATCH
from casework.operations.catalogue.import_report import Report
from casework.operations.catalogue.import_schemas import SIDES, Kind
from casework.operations.catalogue.importer import import_records
from casework.operations.core.record_log import TABLES, Change, Kept, lock_records, write_records
from casework.records.database import transaction
from tests.support.trials import everything
from tests.support.world import World

Json = Any
KINDS: tuple[Kind, ...] = ("needs", "technologies", "matches")


class Files:
    """Files with few keys, so that their rows meet each other, within a batch and across batches."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)

    def some(self, **choices: list[Json]) -> dict[str, Json]:
        return {name: self.dice.choice(values) for name, values in choices.items() if self.dice.random() < 0.6}

    def record(self, kind: Kind, keys: int) -> dict[str, Json]:
        key = self.dice.randint(1, keys)
        told: dict[str, Json] = {"external_id": f"K{key}", "title": f"Title {self.dice.randint(1, 3)}"} | self.some(
            source=["A", "B"],
            owner=["Works", "Mills", f"Owner {key}"],
            readiness_low=[1, 5, 9, 10],
            readiness_high=[4, 9],
        )
        if kind == "technologies" and self.dice.random() < 0.5:
            told["rights"] = [self._right() for _ in range(self.dice.randint(1, 2))]
        return told

    def _right(self) -> dict[str, Json]:
        return {
            "kind": self.dice.choice(
                ["invention", "know_how", "no_kind"] if self.dice.random() < 0.1 else ["invention", "know_how"]
            )
        } | self.some(
            office=["CNIPA", "EPO"],
            number=[f"CN{n}" for n in range(40)],
            status=["in_force"],
        )

    def match(self, keys: int) -> dict[str, Json]:
        sides = {
            side: self.record(kind, 60) if self.dice.random() < 0.4 else f"K{self.dice.randint(1, 70)}"
            for side, kind in SIDES.items()
        }
        return (
            {"external_id": f"M{self.dice.randint(1, keys)}"}
            | sides
            | self.some(score=[1, 0.5], rationale=["It fits."])
        )

    def file(self, kind: Kind, rows: int) -> bytes:
        keys = rows * 3
        made = [self.match(keys) if kind == "matches" else self.record(kind, keys) for _ in range(rows)]
        return "\n".join(json.dumps(one) for one in made).encode()


@pytest.mark.parametrize("seed", [1, 2, *(pytest.param(n, marks=pytest.mark.long) for n in range(100, 160))])
def test_an_import_does_what_its_dry_run_told(engine: Engine, world: World, seed: int) -> None:
    files = Files(seed)
    for kind in (*KINDS, *(files.dice.choice(KINDS) for _ in range(2))):
        told = files.file(kind, files.dice.choice((40, BATCH + 150)))
        with transaction(engine) as db:
            before = everything(db)
        tried = import_records(engine, kind, io.BytesIO(told), programme="BJ", dry_run=True)
        with transaction(engine) as db:
            assert everything(db) == before
        done = import_records(engine, kind, io.BytesIO(told), programme="BJ")
        assert asdict(tried) | {"dry_run": False} == asdict(done)
        assert done.rows == done.created + done.updated + done.unchanged + done.bad
        _confirm_some(engine, world, files.dice)


def _confirm_some(engine: Engine, world: World, dice: random.Random) -> None:
    """What a person has confirmed is kept from then on."""
    with transaction(engine) as db:
        officer, digit = By(world.people["officer"], Role.OFFICER), str(dice.randint(0, 9))
        for noun, table in TABLES.items():
            ids = db.execute(text(f"SELECT id FROM {table} WHERE right(external_id, 1) = :digit"), {"digit": digit})
            kept: Kept = "need" if noun == "need" else "technology"
            standing = lock_records(db, kept, ids.scalars().all())
            stands: RegisterEffects = {"confirmed": ["title"]}
            write_records(db, officer, [(one, Change(CONFIRMED, effects=stands)) for one in standing.values()])


class Slow(io.RawIOBase):
    """A file of which the last bytes come only after `between`."""

    def __init__(self, told: bytes, between: Callable[[], None]) -> None:
        self.parts, self.between = [told[:-10], told[-10:]], between

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if not self.parts:
            return 0
        if len(self.parts) == 1:
            self.between()
        part = self.parts.pop(0)
        if len(part) > len(buffer):
            self.parts.insert(0, part[len(buffer) :])
        part = part[: len(buffer)]
        buffer[: len(part)] = part
        return len(part)


ROWS = BATCH + 50


def _file() -> bytes:
    """Two batches, each with owners of its own."""
    rows = ({"external_id": f"K{n}", "title": "A title", "owner": f"Owner {n % 7}"} for n in range(ROWS))
    return "\n".join(json.dumps(one) for one in rows).encode()


def _counts(engine: Engine) -> tuple[int, int]:
    with transaction(engine) as db:
        row = db.execute(
            text(
                "SELECT count(*) AS needs, (SELECT count(*) FROM organisations WHERE "
                "name LIKE 'Owner _') AS owners FROM needs WHERE external_id LIKE 'K%'"
            )
        ).one()
    return row.needs, row.owners


def test_a_dry_run_of_a_slow_file_keeps_no_import_waiting(engine: Engine, world: World) -> None:
    told, done = _file(), list[Report]()

    def meanwhile() -> None:
        done.append(import_records(engine, "needs", io.BytesIO(told), programme="BJ"))

    tried = import_records(engine, "needs", io.BufferedReader(Slow(told, meanwhile)), programme="BJ", dry_run=True)
    assert [one.created for one in done] == [ROWS]
    assert (tried.created, tried.unchanged) == (0, ROWS)
    assert _counts(engine) == (ROWS, 7)


@pytest.mark.parametrize("long", [False, True])
def test_an_import_beside_a_dry_run_takes_its_turn_or_is_told_so(engine: Engine, world: World, long: bool) -> None:
    """The dry run stands between its batches until the import waits for it: shortly, or for longer than anybody waits."""
    told, halfway, over = _file(), Event(), Event()

    def progress(_: Report) -> None:
        halfway.set()
        over.wait(60 if long else 0.5)

    with ThreadPoolExecutor(1) as beside:
        dry = beside.submit(
            import_records, engine, "needs", io.BytesIO(told), programme="BJ", dry_run=True, progress=progress
        )
        assert halfway.wait(30)
        try:
            if long:
                with pytest.raises(OperationalError) as refusal:
                    import_records(engine, "needs", io.BytesIO(told), programme="BJ")
                assert "Try again" in str(explain(refusal.value))
            else:
                assert import_records(engine, "needs", io.BytesIO(told), programme="BJ").created == ROWS
        finally:
            over.set()
        assert dry.result().created == ROWS
    assert _counts(engine) == ((0, 0) if long else (ROWS, 7))
