"""What is kept of logs is used as long as they tell nothing more, and figures are those of a full fold at any instant."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import IntegrityError

from casework.engine.figures.every import every_figure
from casework.operations.core.perform import home_of
from casework.operations.mediations.service import open_mediation
from casework.operations.oversight import figure_facts
from casework.operations.oversight.figure_facts import bring_after, find_differing, forget_facts
from casework.operations.oversight.figures import read_world
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import lock_log, now
from tests.support.way_to_referral import to_referral
from tests.support.world import World, new_request


def insist_equal(db: Connection, programme: str, until: datetime) -> None:
    (ours, logs), (theirs, wanted) = (read_world(db, programme, until, from_logs=whole) for whole in (False, True))
    assert logs == wanted
    assert every_figure(ours) == every_figure(theirs)
    assert ours == theirs


def moments(db: Connection, programme: str, since: datetime) -> list[datetime]:
    """When anything was written in a programme since a moment, that one first."""
    asked = text("""
        SELECT DISTINCT e.at FROM events e JOIN logs l ON l.id = e.log_id
        WHERE CAST(:p AS uuid) IN (l.id, l.programme_id) AND e.at > :since ORDER BY 1
    """)
    return [since, *db.execute(asked, {"p": programme, "since": since}).scalars()]


def there(db: Connection, programme: str) -> dict[str, int]:
    """Of each log of a programme of which anything is kept the last event that was read."""
    asked = text("SELECT log_id::text, seq FROM figure_facts WHERE programme_id = CAST(:p AS uuid)")
    return {row.log_id: row.seq for row in db.execute(asked, {"p": programme})}


@pytest.fixture
def programme(world: World) -> str:
    return world.programmes["BJ"]


@pytest.fixture
def start(engine: Engine, world: World) -> datetime:
    """After the world was made."""
    with transaction(engine) as db:
        return now(db)


def test_what_is_kept_tells_what_the_logs_tell(engine: Engine, world: World, programme: str, start: datetime) -> None:
    with transaction(engine) as db:
        to_referral(world, db)
        world.new_case(db)
    folded = bring_after(engine, programme)
    assert bring_after(engine, programme) == 0
    with transaction(engine) as db:
        assert len(there(db, programme)) == folded > 4
        since = moments(db, programme, start)
        for until in (*since[:: max(1, len(since) // 12)], since[-1], now(db) + timedelta(days=1)):
            insist_equal(db, programme, until)


def test_what_is_kept_of_a_log_is_used_until_it_tells_more(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        log = home_of(db, number)
    bring_after(engine, programme)
    with transaction(engine) as db:
        # As though it had told of nothing: who counts takes that word.
        db.execute(text("UPDATE figure_facts SET facts = 'null' WHERE log_id = CAST(:id AS uuid)"), {"id": log})
        assert read_world(db, programme, now(db))[0].cases == ()
        assert len(read_world(db, programme, now(db), from_logs=True)[0].cases) == 1
        world.write(db, "officer", load(db, log, "case"), words="It goes on.")
        assert [case.number for case in read_world(db, programme, now(db))[0].cases] == [number]


def test_before_the_last_event_of_a_log_what_is_kept_is_not_used(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        log = home_of(db, world.open_case(db))
    with transaction(engine) as db:
        before = now(db)
    with transaction(engine) as db:
        world.write(db, "officer", load(db, log, "case"), words="It goes on.")
    bring_after(engine, programme)
    with transaction(engine) as db:
        (case,) = read_world(db, programme, before)[0].cases
        (later,) = read_world(db, programme, now(db))[0].cases
        assert case.case.seq < later.case.seq


def test_by_another_calendar_nothing_that_is_kept_is_used(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        world.open_case(db)
    bring_after(engine, programme)
    with transaction(engine) as db:
        db.execute(text("UPDATE figure_facts SET counted_by = 'another', facts = 'null'"))
        insist_equal(db, programme, now(db))
    assert bring_after(engine, programme) > 0
    assert bring_after(engine, programme) == 0


def test_batches_go_through_all_logs(
    engine: Engine, world: World, programme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction(engine) as db:
        world.new_case(db)
    monkeypatch.setattr(figure_facts, "BATCH", 2)
    bring_after(engine, programme)
    with transaction(engine) as db:
        logs = db.execute(
            text("SELECT count(*) FROM logs WHERE programme_id = CAST(:p AS uuid) AND kind = ANY(:kinds)"),
            {"p": programme, "kinds": ["case", "need", "right", "technology"]},
        ).scalar_one()
        assert len(there(db, programme)) == logs > 2
    assert find_differing(engine, programme) == []


def test_what_somebody_writes_meanwhile_is_left_for_the_next_time(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        log = home_of(db, world.open_case(db))
    with transaction(engine) as db:
        lock_log(db, log)
        bring_after(engine, programme)
        assert log not in there(db, programme)
    bring_after(engine, programme)
    with transaction(engine) as db:
        assert log in there(db, programme)


def test_of_a_mediation_nothing_is_kept_and_the_database_refuses_it(
    engine: Engine, world: World, programme: str
) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        opened = open_mediation(db, world.actor(db, "dispute_officer"), number, new_request())
        mediation = str(opened.answer["id"])
    bring_after(engine, programme)
    keep = text("""
        INSERT INTO figure_facts (log_id, programme_id, sealed, seq, last_at, counted_by, facts)
        SELECT id, programme_id, :sealed, seq, last_at, 'x', 'null' FROM logs WHERE id = CAST(:id AS uuid)
    """)
    with transaction(engine) as db:
        assert mediation not in there(db, programme)
        insist_equal(db, programme, now(db))
    for sealed in (True, False):
        with pytest.raises(IntegrityError), transaction(engine) as db:
            db.execute(keep, {"id": mediation, "sealed": sealed})


def test_what_is_not_what_the_log_tells_is_found(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        logs = [home_of(db, world.open_case(db)), world.technologies[0]]
    bring_after(engine, programme)
    assert find_differing(engine, programme) == []
    with transaction(engine) as db:
        for log in logs:
            db.execute(text("UPDATE figure_facts SET facts = 'null' WHERE log_id = CAST(:id AS uuid)"), {"id": log})
    assert find_differing(engine, programme) == sorted(logs)
    with transaction(engine) as db:
        forget_facts(db, logs)
        assert not there(db, programme).keys() & set(logs)
    assert bring_after(engine, programme) == 2


def test_no_word_of_a_record_is_kept(engine: Engine, world: World, programme: str) -> None:
    bring_after(engine, programme)
    with transaction(engine) as db:
        facts = "".join(db.execute(text("SELECT facts FROM figure_facts")).scalars())
        assert world.technologies[0] in facts
        assert "Heat pump" not in facts
        assert "Steam" not in facts


@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_kept_whenever_figures_are_those_of_a_full_fold(
    engine: Engine, world: World, programme: str, start: datetime, seed: int
) -> None:
    """Cases go on, facts are kept now and then, and somebody asks as of any moment."""
    dice = random.Random(seed)
    numbers: list[str] = []

    def begin(db: Connection) -> None:
        numbers.append(world.new_case(db))

    def refer(db: Connection) -> None:
        to_referral(world, db)

    def write_down(db: Connection) -> None:
        world.write(db, "officer", load(db, home_of(db, dice.choice(numbers)), "case"), words="So.")

    acts: tuple[Callable[[Connection], None], ...] = (begin, refer, write_down, write_down)
    for n in range(8):
        with transaction(engine) as db:
            (dice.choice(acts) if n else begin)(db)
        if dice.random() < 0.5:
            bring_after(engine, programme)
        with transaction(engine) as db:
            since = moments(db, programme, start)
            for until in (dice.choice(since), since[-1] + timedelta(hours=dice.randrange(400))):
                insist_equal(db, programme, until)
    assert find_differing(engine, programme) == []
