"""What is to be looked for of records that changed: each once, in the order of their ids, and gone once it was looked for."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from casework.engine.case_objects.kept_records import NEED
from casework.operations.core.pending_searches import (
    NEEDS,
    TWINS,
    LooksFor,
    end_pending,
    first_pending,
    list_pending,
    note_pending,
)
from casework.operations.core.twin_marks import keep_marks
from tests.support.world import World, add_record


@pytest.fixture
def three(world: World, db: Connection) -> list[str]:
    """Of a programme whose other records were looked for already."""
    programme = world.programmes["BJ"]
    for looks_for in (TWINS, NEEDS):
        end_pending(db, looks_for, programme, None)
    return sorted(add_record(db, programme, "need", f"n-wait-{n}", {"title": f"Steam {n}"}) for n in range(3))


def waiting(db: Connection, world: World, looks_for: LooksFor, most: int = 9) -> list[str]:
    return first_pending(db, looks_for, world.programmes["BJ"], most=most)


def test_a_record_that_is_new_waits_for_both(world: World, db: Connection, three: list[str]) -> None:
    for looks_for in (TWINS, NEEDS):
        assert waiting(db, world, looks_for) == three
        assert world.programmes["BJ"] in list_pending(db, looks_for)


def test_they_are_taken_a_few_at_a_time(world: World, db: Connection, three: list[str]) -> None:
    assert waiting(db, world, TWINS, most=2) == three[:2]


def test_what_was_looked_for_waits_no_more_and_what_else_is_stays(
    world: World, db: Connection, three: list[str]
) -> None:
    assert end_pending(db, TWINS, world.programmes["BJ"], three[:1]) == 1
    assert end_pending(db, TWINS, world.programmes["BJ"], three[:1]) == 0
    assert waiting(db, world, TWINS) == three[1:]
    assert waiting(db, world, NEEDS) == three
    assert end_pending(db, NEEDS, world.programmes["BJ"], None) == 3
    assert world.programmes["BJ"] not in list_pending(db, NEEDS)


def test_what_changes_waits_again_and_what_was_merged_does_not(world: World, db: Connection, three: list[str]) -> None:
    programme = world.programmes["BJ"]
    end_pending(db, TWINS, programme, None)
    row = {"programme_id": programme, "merged_into": None, "title": "Cold", "problem": None, "target": None}
    for _ in range(2):
        keep_marks(db, NEED, {three[0]: row})
    assert waiting(db, world, TWINS) == three[:1]
    keep_marks(db, NEED, {three[0]: {**row, "merged_into": three[1]}})
    assert waiting(db, world, TWINS) == []
    assert waiting(db, world, NEEDS) == three[1:]


def test_one_thing_alone_is_noted_of_some_records_and_each_once(world: World, db: Connection, three: list[str]) -> None:
    programme = world.programmes["BJ"]
    for looks_for in (TWINS, NEEDS):
        end_pending(db, looks_for, programme, None)
    for some in (three[:1], three[:2], []):
        note_pending(db, NEEDS, dict.fromkeys(some, programme))
    assert (waiting(db, world, NEEDS), waiting(db, world, TWINS)) == (three[:2], [])
