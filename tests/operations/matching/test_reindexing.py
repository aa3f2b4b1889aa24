"""The index can be made again at any time, and goes on where it was ended."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine, text

from casework.jobs.dispatcher import dispatch
from casework.operations.core import catalogue_index
from casework.operations.core.catalogue_index import list_expired
from casework.operations.core.merged_records import TODAY
from casework.operations.matching import reindexing
from casework.operations.matching.reindexing import programmes_of, reindex
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.operations.core.test_catalogue_index import enter, facets, insist_counted, version_of
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


def test_a_certificate_that_has_expired_counts_no_longer(world: World, engine: Engine, settings: Settings) -> None:
    facet, unknown = "=standard=ISO 9001", "=standard="
    with transaction(engine) as db:
        today: date = db.execute(text(f"SELECT {TODAY} FROM programmes p WHERE p.code = 'BJ'")).scalar_one()
        days = {"past": today - timedelta(days=1), "last": today, "far": today + timedelta(days=400)}
        ids = {
            name: enter(world, db, "technology", title=name, standards=[{"name": "ISO 9001", "valid_until": str(day)}])
            for name, day in days.items()
        }
        open_end = enter(world, db, "technology", title="For good", standards=[{"name": "ISO 9001"}])
        assert [facet in facets(db, id) for id in (*ids.values(), open_end)] == [False, True, True, True]
        assert unknown in facets(db, ids["past"])
        assert list_expired(db) == []
        before = count_of(db, facet)
    later = connect_engine(settings.model_copy(update={"clock_offset": 86_400}))
    try:
        dispatch(later, mailing=False)
        with transaction(later) as db:
            assert list_expired(db) == [world.programmes["BJ"]]
            lock = "SELECT queueing_lock FROM procrastinate_jobs WHERE task_name = 'casework:reindex'"
            assert list(db.execute(text(lock)).scalars()) == [f"reindex {world.programmes['BJ']}"]
        assert reindex(later, world.programmes["BJ"]) == 1
        with transaction(later) as db:
            assert [facet in facets(db, id) for id in (*ids.values(), open_end)] == [False, False, True, True]
            assert (count_of(db, facet), list_expired(db)) == (before - 1, [])
            insist_counted(db)
    finally:
        later.dispose()


def count_of(db: Connection, term: str) -> int:
    """In how many records a term stands, as lists count it."""
    return int(db.execute(text("SELECT sum(records) FROM index_terms WHERE term = :term"), {"term": term}).scalar_one())


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
