"""The whole history that is printed: every entry, the checkpoint above them, and a line in the reading log."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text

from casework.errors import NotFound
from casework.operations.core.perform import home_of
from casework.operations.verification.whole_history import WholeHistory, parts_of, take_history
from casework.records.case_loader import load
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.history.test_field_history import _play
from tests.support.published import sign_and_publish
from tests.support.world import World

pytestmark = pytest.mark.stage(play=_play)


def taken(world: World, db: Connection, number: str, who: str = "officer") -> WholeHistory:
    return take_history(db, world.actor(db, who), number, address=f"/cases/{number}/history.pdf")


def test_every_entry_is_told_in_order_and_the_reading_noted(world: World, db: Connection, staged: str) -> None:
    told = taken(world, db, staged)
    assert [entry.position for entry in told.entries] == list(range(1, told.last + 1))
    assert told.head == told.entries[-1].hash
    assert told.signed is None
    noted = db.execute(text("SELECT number, address FROM readings")).one()
    assert noted == (staged, f"/cases/{staged}/history.pdf")


def test_a_long_history_is_told_in_parts_that_leave_nothing_out(world: World, db: Connection, staged: str) -> None:
    whole = taken(world, db, staged)
    by, address = world.actor(db, "officer"), f"/cases/{staged}/history.pdf"
    parts = parts_of(whole.last, 2)
    told = [take_history(db, by, staged, address=address, part=part, most=2) for part in range(1, parts + 1)]
    assert [entry.hash for one in told for entry in one.entries] == [entry.hash for entry in whole.entries]
    assert {(one.parts, one.last, one.head) for one in told} == {(parts, whole.last, whole.head)}
    assert all(len(one.entries) <= 2 for one in told)
    for part in (0, parts + 1):
        with pytest.raises(NotFound):
            take_history(db, by, staged, address=address, part=part, most=2)


@pytest.mark.parametrize(("last", "parts"), [(1, 1), (1000, 1), (1001, 2), (2000, 2), (2001, 3)])
def test_so_many_parts_there_are(last: int, parts: int) -> None:
    assert parts_of(last) == parts


def test_the_checkpoint_is_named_and_what_it_does_not_cover_counted(
    world: World, engine: Engine, superuser_engine: Engine, settings: Settings, staged: str
) -> None:
    sign_and_publish(engine, superuser_engine, settings)
    with transaction(engine) as db:
        signed = taken(world, db, staged).signed
        size, root = db.execute(text("SELECT size, root FROM checkpoints ORDER BY n DESC LIMIT 1")).one()
        assert signed is not None
        assert (signed.size, signed.root, signed.waiting) == (size, bytes(root).hex(), 0)
        world.write(db, "officer", load(db, home_of(db, staged), "case"))
        after = taken(world, db, staged).signed
    assert after is not None
    assert (after.root, after.waiting) == (signed.root, 1)


@pytest.mark.parametrize("who", ["provider", "foreign_officer", "administrator", "observer"])
def test_whoever_does_not_read_the_case_whole_gets_none(world: World, db: Connection, staged: str, who: str) -> None:
    with pytest.raises(NotFound):
        taken(world, db, staged, who)
    assert db.execute(text("SELECT count(*) FROM readings")).scalar_one() == 0
