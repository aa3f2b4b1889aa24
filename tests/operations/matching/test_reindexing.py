"""The index can be made again at any time, and goes on where it was ended."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, text

from casework.operations.core import catalogue_index
from casework.operations.matching import reindexing
from casework.operations.matching.reindexing import programmes_of, reindex
from casework.records.database import transaction
from tests.operations.core.test_catalogue_index import enter, insist_counted, version_of
from tests.support.world import World


class Ended(Exception):
    """What ends a run halfway."""


def state(engine: Engine) -> list[tuple[object, ...]]:
    with transaction(engine) as db:
        rows = db.execute(text("SELECT record_id, terms::text, counts, length FROM indexed_records ORDER BY record_id"))
        return [tuple(row) for row in rows]


def test_what_was_ended_halfway_goes_on_and_doubles_nothing(
    world: World, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "BATCH", 2)
    monkeypatch.setattr(catalogue_index, "BATCH", 2)
    with transaction(engine) as db:
        for n in range(5):
            enter(world, db, "technology", title=f"Heat pump {n}")
        programme = world.programmes["BJ"]
    reindex(engine, programme)
    before = state(engine)
    seen: list[int] = []

    def tell(noun: str, more: int) -> None:
        seen.append(more)
        if len(seen) == 2:
            raise Ended

    with pytest.raises(Ended):
        reindex(engine, programme, again=True, progress=tell)
    left = reindex(engine, programme)
    assert 0 < left < len(before)
    assert state(engine) == before
    with transaction(engine) as db:
        insist_counted(db)
    assert reindex(engine, programme) == 0


def test_a_lost_index_is_made_again(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        enter(world, db, "technology", title="Heat pump")
    (programme,) = programmes_of(engine, "BJ")
    reindex(engine, programme)
    before = state(engine)
    with transaction(engine) as db:
        for table in ("indexed_records", "index_terms", "index_states"):
            db.execute(text(f"DELETE FROM {table}"))
    assert reindex(engine, programme) == len(before)
    assert state(engine) == before


def test_a_programme_is_named_by_its_code(world: World, engine: Engine) -> None:
    assert programmes_of(engine, "XX") == []
    assert world.programmes["BJ"] in programmes_of(engine, None)


def test_what_was_counted_wrong_is_counted_again(world: World, engine: Engine) -> None:
    with transaction(engine) as db:
        ids = [enter(world, db, "technology", title=f"Heat pump {n}") for n in range(2)]
        db.execute(text("UPDATE index_terms SET records = 9 WHERE term = 'heat'"))
        db.execute(text("DELETE FROM index_terms WHERE term = 'pump'"))
        db.execute(text("UPDATE index_states SET records = 7, length = 7"))
        before = version_of(db)
    reindex(engine, world.programmes["BJ"], again=True)
    with transaction(engine) as db:
        insist_counted(db)
        assert version_of(db) > before
        assert set(ids) <= set(
            db.execute(text("SELECT record_id::text FROM indexed_records WHERE rules > 0")).scalars()
        )
