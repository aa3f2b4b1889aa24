"""Random exploration by every role over the API, with valid and broken forms, while days pass."""

from __future__ import annotations

import os
import time
from collections import Counter

import pytest
from sqlalchemy import Engine, text

from casework.operations.oversight.case_hygiene import find_breaches
from casework.operations.verification.service import verify_all
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.journeys.exploration import explore
from tests.support.way_to_referral import to_referral
from tests.support.world import World

#: How long the long exploration goes on, in seconds, and which seed it begins with.
SECONDS = int(os.environ.get("EXPLORATION_SECONDS", "1200"))
SEED = int(os.environ.get("EXPLORATION_SEED", "0")) or int(time.time())


@pytest.fixture
def number(engine: Engine, world: World) -> str:
    """A case with a request that was sent, and one that was only opened."""
    with transaction(engine) as db:
        world.new_case(db)
        return to_referral(world, db)[0]


def insist_whole(settings: Settings, offset: int) -> None:
    """At the moment to which they came: to look at it from before would find clocks that have fired already."""
    engine = connect_engine(settings.model_copy(update={"clock_offset": offset}))
    try:
        assert [str(one) for one in verify_all(engine)] == []
        with transaction(engine) as db:
            waiting = [one for one in find_breaches(db) if one.kind not in WORKER]
    finally:
        engine.dispose()
    assert waiting == []


#: What only tells that no worker runs beside.
WORKER = {"untold", "late"}


@pytest.mark.slow
def test_nothing_that_never_should_happens(settings: Settings, engine: Engine, world: World, number: str) -> None:
    found = explore(settings, world, seed=7, steps=400)
    assert found.faults == []
    done = found.asked["POST 200"] + found.asked["POST 201"]
    assert done > 20, f"too little was done: {dict(found.asked)}"
    assert [str(one) for one in verify_all(engine)] == []


@pytest.mark.long
def test_nothing_that_never_should_happens_for_as_long_as_told(
    settings: Settings, engine: Engine, world: World, number: str
) -> None:
    seed, until, asked, offset = SEED, time.monotonic() + SECONDS, Counter[str](), 0
    while time.monotonic() < until:
        found = explore(settings, world, seed, steps=400, offset=offset)
        asked, offset = asked + found.asked, found.offset
        print(f"seed {seed}: {asked.total()} asked until day {offset // 86_400}, {dict(sorted(asked.items()))}")
        assert found.faults == [], f"seed {seed}, {dict(found.asked)}"
        with transaction(engine) as db:
            for _ in range(2):
                world.new_case(db)
        seed += 1
    insist_whole(settings, offset)
    with transaction(engine) as db:
        assert db.execute(text("SELECT count(*) FROM events")).scalar_one() > 100
