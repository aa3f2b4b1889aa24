"""Rows of a file in batches: written as they come, or of a dry run in one transaction that is taken back."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.catalogue import import_batches
from casework.operations.catalogue.import_batches import at_hand, digest_of, in_batches, json_of, kind_of, rows_together
from casework.operations.catalogue.import_reader import Row
from casework.operations.catalogue.import_schemas import Need, Technology
from casework.records.database import transaction
from tests.support.world import World


@pytest.mark.parametrize(("dry_run", "kept"), [(False, 2), (True, 0)])
def test_a_dry_run_sees_what_it_did_and_leaves_nothing(engine: Engine, world: World, dry_run: bool, kept: int) -> None:
    count = text("SELECT count(*) FROM needs WHERE title = 'Batch'")
    with in_batches(engine, world.programmes["BJ"], dry_run) as begin:
        for n, need in enumerate(world.needs):
            with begin() as db:
                assert db.execute(count).scalar_one() == n
                db.execute(text("UPDATE needs SET title = 'Batch' WHERE id = CAST(:id AS uuid)"), {"id": need})
    with engine.connect() as db:
        db.execute(text("SELECT set_config('casework.reader', 'engine', false)"))
        assert db.execute(count).scalar_one() == kept


def test_the_next_rows_are_checked_while_a_batch_is_ended(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads_on, in_time = (Event(), Event()), list[bool]()

    @contextmanager
    def slow(engine: Engine) -> Iterator[Connection]:
        with transaction(engine) as db:
            yield db
            in_time.append(reads_on[len(in_time)].wait(10))

    monkeypatch.setattr(import_batches, "transaction", slow)
    with in_batches(engine, world.programmes["BJ"], False) as begin:
        for n, reads in enumerate(reads_on):
            with begin() as db:
                # What was written before is there: two never run at once.
                assert (_batches(db), len(in_time)) == (n, n)
                db.execute(
                    text("UPDATE needs SET title = 'Batch' WHERE id = CAST(:id AS uuid)"), {"id": world.needs[n]}
                )
            reads.set()
    assert in_time == [True, True]
    assert _kept(engine) == 2


@pytest.mark.parametrize("more", [False, True])
def test_what_the_end_of_a_batch_is_refused_for_is_raised_and_nothing_follows(
    engine: Engine, world: World, monkeypatch: pytest.MonkeyPatch, more: bool
) -> None:
    @contextmanager
    def refused(engine: Engine) -> Iterator[Connection]:
        with transaction(engine) as db:
            yield db
            raise ValueError("refused")

    monkeypatch.setattr(import_batches, "transaction", refused)
    begun = 0
    with (
        pytest.raises(ValueError, match="refused"),
        in_batches(engine, world.programmes["BJ"], False) as begin,
    ):
        for _ in range(1 + more):
            with begin() as db:
                begun += 1
                db.execute(text("UPDATE needs SET title = 'Batch'"))
    assert (begun, _kept(engine)) == (1, 0)


def test_what_goes_wrong_in_a_batch_takes_it_back_and_leaves_the_one_before(engine: Engine, world: World) -> None:
    update = text("UPDATE needs SET title = 'Batch' WHERE id = CAST(:id AS uuid)")
    with pytest.raises(ZeroDivisionError), in_batches(engine, world.programmes["BJ"], False) as begin:
        for n, need in enumerate(world.needs[:2]):
            with begin() as db:
                db.execute(update, {"id": need})
                assert 1 / (1 - n)
    assert _kept(engine) == 1


def _batches(db: Connection) -> int:
    return int(db.execute(text("SELECT count(*) FROM needs WHERE title = 'Batch'")).scalar_one())


def _kept(engine: Engine) -> int:
    with transaction(engine) as db:
        return _batches(db)


@pytest.mark.parametrize("dry_run", [False, True])
def test_the_file_is_at_hand_as_it_is(dry_run: bool) -> None:
    with at_hand(io.BytesIO(b"a,b\n" * 10_000), dry_run) as file:
        assert file.read() == b"a,b\n" * 10_000


@pytest.mark.parametrize(
    ("said", "together"),
    [
        ([1] * 7, [3, 3, 1]),
        ([6, 6, 1, 12, 1], [2, 2, 1]),
        # The longest row stands alone, and what is wrong with one says nothing.
        ([40, 0, 0, 0], [1, 3]),
        ([], []),
    ],
)
def test_rows_are_written_together_that_are_few_and_say_little(
    monkeypatch: pytest.MonkeyPatch, said: list[int], together: list[int]
) -> None:
    monkeypatch.setattr(import_batches, "BATCH", 3)
    monkeypatch.setattr(import_batches, "MOST_SAID", 12)
    rows = [Row(n, {}, raw={"": ["x" * many]} if many else {}) for n, many in enumerate(said)]
    found = list(rows_together(rows))
    assert [len(some) for some in found] == together
    assert [row for some in found for row in some] == rows


def test_no_two_rows_that_differ_have_one_digest() -> None:
    assert digest_of("a", "bc") != digest_of("ab", "c")
    assert digest_of("a", "bc") == digest_of("a", "bc")


def test_values_are_written_as_json_without_losing_a_digit() -> None:
    assert [json_of(value) for value in (Decimal("1E+3"), Decimal("0.10"), date(2026, 3, 2), "x", None)] == [
        "1000",
        "0.10",
        "2026-03-02",
        "x",
        None,
    ]


def test_each_record_goes_into_its_table() -> None:
    assert kind_of(Need(external_id="1", title="a")) == "needs"
    assert kind_of(Technology(external_id="1", title="a")) == "technologies"
