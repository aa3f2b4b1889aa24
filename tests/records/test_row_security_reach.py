"""What the policies found out of who reads is kept within a transaction: never for another, and never past a change."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from casework.records.database import ENGINE
from casework.records.row_security import read_as, whole
from tests.records.row_security_scene import Reading, Scene, count

#: Of each reader who sees something, what ends it.
ENDS = {
    "a membership that ends": ("officer", "UPDATE memberships SET ends_at = now() WHERE person_id = '{}'"),
    "a membership that is removed": ("officer", "DELETE FROM memberships WHERE person_id = '{}'"),
    "another role": ("officer", "UPDATE memberships SET role = 'observer' WHERE person_id = '{}'"),
    "an account that is closed": ("officer", "UPDATE people SET active = false WHERE id = '{}'"),
    "a provider's membership": ("provider", "UPDATE memberships SET ends_at = now() WHERE person_id = '{}'"),
    "a role beside which it does not count": (
        "officer",
        "INSERT INTO memberships (id, person_id, role, programme_id, starts_at) SELECT gen_random_uuid(), person_id,"
        " 'dispute_officer', programme_id, starts_at FROM memberships WHERE person_id = '{}'",
    ),
}
_OPENED = """
    INSERT INTO openings (id, log_id, kind, state, reader_id, asker_id, asked_at, days, until)
    SELECT gen_random_uuid(), id, 'break_glass', 'open', '{}', gen_random_uuid(), now(), 3, now() + interval '3 days'
    FROM cases WHERE number = '{}'
"""
#: A role in the programme of the officer, by the engine.
_MADE_OFFICER = """
    INSERT INTO memberships (id, person_id, role, programme_id, starts_at, ends_at)
    SELECT gen_random_uuid(), '{}', 'officer', programme_id, now() + interval '{}', now() + interval '{}'
    FROM memberships WHERE person_id = '{}'
"""


def _make_officer(reading: Reading, name: str, starts: str, ends: str = "10 days") -> None:
    reading.change(_MADE_OFFICER.format(reading.person(name), starts, ends, reading.person("officer")))


def _later(reading: Reading, seconds: int) -> None:
    reading.db.execute(text(f"SET LOCAL casework.clock_offset = '{seconds}'"))


@pytest.mark.parametrize("how", ENDS)
def test_what_ends_within_the_transaction_ends_in_it(reading: Reading, how: str) -> None:
    reader, change = ENDS[how]
    assert reading.seen(reader, "documents") > 0
    reading.change(change.format(reading.person(reader)))
    assert reading.seen(reader, "documents") == 0


def test_so_does_what_somebody_else_than_the_engine_changes(reading: Reading) -> None:
    assert reading.seen("officer", "documents") > 0
    reading.db.execute(text(f"DELETE FROM memberships WHERE person_id = '{reading.person('officer')}'"))
    assert count(reading.db, "documents") == 0


@pytest.mark.parametrize(
    "change", ["UPDATE openings SET state = 'ended'", "UPDATE openings SET until = now() - interval '1 second'"]
)
def test_an_opening_that_ends_within_the_transaction_ends_in_it(reading: Reading, change: str) -> None:
    before = reading.seen("administrator", "documents")
    reading.change(_OPENED.format(reading.person("administrator"), reading.scene.number))
    opened = reading.seen("administrator", "documents")
    reading.change(change)
    assert (before, opened > 0, reading.seen("administrator", "documents")) == (0, True, 0)


def test_a_role_begins_within_the_transaction(reading: Reading) -> None:
    before = reading.seen("foreign_officer", "documents")
    _make_officer(reading, "foreign_officer", "-1 day")
    assert (before, reading.seen("foreign_officer", "documents") > 0) == (0, True)


def test_a_role_ends_within_the_transaction_by_the_clock(reading: Reading) -> None:
    _make_officer(reading, "foreign_officer", "-1 day", "1 hour")
    assert reading.seen("foreign_officer", "documents") > 0
    _later(reading, 3601)
    assert count(reading.db, "documents") == 0


def test_a_role_begins_within_the_transaction_by_the_clock(reading: Reading) -> None:
    _make_officer(reading, "foreign_officer", "1 hour")
    assert reading.seen("foreign_officer", "documents") == 0
    _later(reading, 3601)
    assert count(reading.db, "documents") > 0


def test_an_opening_ends_within_the_transaction_by_the_clock(reading: Reading) -> None:
    reading.change(_OPENED.format(reading.person("administrator"), reading.scene.number))
    assert reading.seen("administrator", "documents") > 0
    _later(reading, 4 * 86_400)
    assert count(reading.db, "documents") == 0


def test_another_reader_in_the_same_transaction_never_meets_the_formers(reading: Reading) -> None:
    readers = ("officer", "foreign_officer", "provider", "foreign_provider", "observer", "dispute_officer")
    alone = {}
    for one in readers:
        with reading.scene.engine.connect() as db, db.begin() as begun:
            alone[one] = {
                table: Reading(db, reading.scene).seen(one, table) for table in ("documents", "tracks", "tasks")
            }
            begun.rollback()
    for one in (*readers, *reversed(readers), *readers[::2], *readers[1::2]):
        assert {table: reading.seen(one, table) for table in alone[one]} == alone[one], one
    assert len({str(one) for one in alone.values()}) > 2


def test_nobody_after_somebody_is_refused(reading: Reading) -> None:
    reading.read("officer")
    there = count(reading.db, "documents")
    reading.read("")
    assert there > 0
    assert count(reading.db, "tracks WHERE part = 'request'") == 0
    with pytest.raises(DBAPIError, match="Nobody said who reads"):
        count(reading.db, "documents")


def test_a_reader_who_is_nobody_is_refused(reading: Reading) -> None:
    assert reading.seen("officer", "documents") > 0
    reading.read("somebody")
    with pytest.raises(DBAPIError, match="uuid"):
        count(reading.db, "documents")


def test_after_an_action_the_person_s_own_is_there_again(reading: Reading) -> None:
    seen = reading.seen("officer", "tracks")
    with whole(reading.db):
        every = count(reading.db, "tracks")
    assert count(reading.db, "tracks") == seen < every


def test_what_a_savepoint_gave_goes_with_it(reading: Reading) -> None:
    assert reading.seen("foreign_officer", "documents") == 0
    point = reading.db.begin_nested()
    _make_officer(reading, "foreign_officer", "-1 day")
    inside = reading.seen("foreign_officer", "documents")
    point.rollback()
    assert (inside > 0, count(reading.db, "documents")) == (True, 0)


def test_what_a_savepoint_took_is_there_again(reading: Reading) -> None:
    there = reading.seen("officer", "documents")
    point = reading.db.begin_nested()
    reading.change(f"DELETE FROM memberships WHERE person_id = '{reading.person('officer')}'")
    inside = reading.seen("officer", "documents")
    point.rollback()
    assert (inside, count(reading.db, "documents")) == (0, there)


def test_whoever_read_within_a_savepoint_reads_no_more_after_it(reading: Reading) -> None:
    reading.read("foreign_officer")
    point = reading.db.begin_nested()
    inside = reading.seen("officer", "documents")
    point.rollback()
    assert (inside > 0, count(reading.db, "documents")) == (True, 0)


def test_a_role_that_ends_in_a_savepoint_that_is_kept_has_ended(reading: Reading) -> None:
    assert reading.seen("officer", "documents") > 0
    with reading.db.begin_nested():
        reading.change(f"DELETE FROM memberships WHERE person_id = '{reading.person('officer')}'")
    assert reading.seen("officer", "documents") == 0


def test_a_statement_from_before_a_change_leaves_nothing_of_what_it_saw(reading: Reading) -> None:
    """A cursor looks at the rows of when it was opened; who reads is found out from those of now."""
    reading.read("officer")
    reading.db.execute(text("DECLARE former CURSOR FOR SELECT id FROM documents"))
    reading.db.execute(text(f"DELETE FROM memberships WHERE person_id = '{reading.person('officer')}'"))
    reading.db.execute(text("FETCH ALL FROM former"))
    assert count(reading.db, "documents") == 0


def test_nothing_is_kept_for_the_next_transaction(scene: Scene) -> None:
    kinds = ["of", "until", "programmes", "organisations", "disputes", "breakers", "readers", "opened"]
    with scene.engine.connect() as db:
        with db.begin():
            read_as(db, scene.world.people["officer"])
            assert count(db, "documents") > 0
        with db.begin():
            kept = "SELECT string_agg(current_setting('casework.reach_' || kind, true), '') FROM unnest(CAST(:kinds AS text[])) kind"
            assert db.execute(text(kept), {"kinds": kinds}).scalar_one() in ("", None)
            read_as(db, scene.world.people["foreign_officer"])
            assert count(db, "documents") == 0


@pytest.mark.parametrize("reader", ["", ENGINE])
def test_the_engine_and_nobody_reach_nothing(reading: Reading, reader: str) -> None:
    assert reading.seen("officer", "documents") > 0
    reading.read(reader)
    kinds = ("programmes", "organisations", "disputes", "breakers", "readers", "opened")
    reached = [reading.db.execute(text(f"SELECT casework_reach('{kind}')")).scalar_one() for kind in kinds]
    assert reached == [[]] * len(kinds)
