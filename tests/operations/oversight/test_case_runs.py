"""How cases ran is told from what is kept of their logs as a full fold tells it, at any instant, and kept only as long as it stands."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.core.perform import home_of
from casework.operations.oversight.case_runs import read_runs
from casework.operations.oversight.figure_facts import bring_after, find_differing
from casework.operations.oversight.process import fold_process
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.records.event_log import now
from casework.records.row_security import whole
from tests.operations.oversight.test_figure_facts import moments
from tests.support.way_to_referral import to_referral
from tests.support.world import World


@pytest.fixture
def programme(world: World) -> str:
    return world.programmes["BJ"]


def insist_equal(db: Connection, programme: str, until: datetime) -> None:
    ours, theirs = (fold_process(db, programme, until, from_logs=alone) for alone in (False, True))
    assert ours == theirs, until


def test_it_is_that_of_a_full_fold_at_every_moment_of_a_random_life(
    engine: Engine, world: World, programme: str
) -> None:
    """Cases are taken, written into and opened, and at random moments the logs are brought after, or not."""
    dice = random.Random(7)
    with transaction(engine) as db:
        start = now(db)
        to_referral(world, db)
        numbers = [world.new_case(db)]
    for n in range(12):
        with transaction(engine) as db:
            if n % 5 == 0:
                world.fire(db, "officer", numbers[-1], "take")
            elif dice.random() < 0.3:
                world.new_case(db)
            else:
                log = home_of(db, dice.choice(numbers))
                world.write(db, "officer", load(db, log, "case"), words="It goes on.")
            if n % 5 == 4:
                numbers.append(world.new_case(db))
        if dice.random() < 0.4:
            bring_after(engine, programme)
        with transaction(engine) as db:
            insist_equal(db, programme, now(db))
    with transaction(engine) as db:
        since = moments(db, programme, start)
        for until in (*since[:: max(1, len(since) // 10)], now(db)):
            insist_equal(db, programme, until)
    assert find_differing(engine, programme) == []


def test_what_is_kept_of_a_case_is_used_until_its_log_tells_more(engine: Engine, world: World, programme: str) -> None:
    with transaction(engine) as db:
        number = world.open_case(db)
        log = home_of(db, number)
    bring_after(engine, programme)
    with transaction(engine) as db:
        db.execute(text("UPDATE figure_facts SET run = replace(run, :number, 'X-1')"), {"number": number})
        with whole(db):
            assert [one.run.number for one in read_runs(db, programme, now(db))] == ["X-1"]
            assert [one.run.number for one in read_runs(db, programme, now(db), from_logs=True)] == [number]
    assert find_differing(engine, programme) == [log]
    with transaction(engine) as db:
        world.write(db, "officer", load(db, log, "case"), words="It goes on.")
        insist_equal(db, programme, now(db))


def test_where_no_run_is_kept_it_is_folded_from_the_events(engine: Engine, world: World, programme: str) -> None:
    """So it is with a case whose edition nobody has: that may come yet."""
    with transaction(engine) as db:
        number = world.open_case(db)
    bring_after(engine, programme)
    with transaction(engine) as db:
        db.execute(text("UPDATE figure_facts SET run = NULL"))
        with whole(db):
            assert [one.run.number for one in read_runs(db, programme, now(db))] == [number]


def test_in_what_is_kept_of_a_run_stands_no_word_that_anybody_wrote(
    engine: Engine, world: World, programme: str
) -> None:
    with transaction(engine) as db:
        log = home_of(db, world.open_case(db))
        world.write(db, "officer", load(db, log, "case"), words="Between ourselves.")
    bring_after(engine, programme)
    with transaction(engine) as db:
        kept = db.execute(text("SELECT string_agg(run, ' ') FROM figure_facts")).scalar_one()
        assert "ourselves" not in kept
        people = db.execute(text("SELECT id::text FROM people")).scalars()
        assert not [person for person in people if person in kept]
