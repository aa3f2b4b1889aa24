"""What is sent together is carried out in its order, or not at all from what failed on; what waits is lost with what is rolled back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, InternalError, OperationalError

from casework.records.database import (
    ENGINE,
    connected,
    reader_transaction,
    run,
    run_ahead,
    run_all,
    run_later,
    savepoint,
    transaction,
    wire_of,
)
from casework.records.row_security import read_as, whole
from casework.records.standbys import OutcomeUnknown
from casework.records.wire import MOST_PREPARED, Wire
from tests.support.round_trips import RoundTrips

KEYS = text("SELECT key FROM requests WHERE actor_id = CAST(:person AS uuid) ORDER BY key")
PERSON = "0194a000-0000-7000-8000-000000000001"
ADD = "INSERT INTO requests (actor_id, key, digest) VALUES ($1, $2, 'digest')"


@pytest.fixture
def person(superuser_engine: Engine) -> str:
    with superuser_engine.begin() as db:
        db.execute(
            text("INSERT INTO people (id, email, name, active) VALUES (:id, 'w@example.org', 'W', true)"),
            {"id": PERSON},
        )
    return PERSON


def keys(engine: Engine) -> list[str]:
    with reader_transaction(engine) as db:
        return list(db.execute(KEYS, {"person": PERSON}).scalars())


def test_several_statements_go_in_one_round_trip_and_give_their_rows(engine: Engine, tmp_path: Path) -> None:
    trips = RoundTrips(engine, tmp_path)
    with reader_transaction(engine) as db:

        def act() -> None:
            first, none, third = run_all(
                db,
                [
                    ("SELECT $1::integer + 1, $2::text", ("41", None)),
                    ("SET LOCAL lock_timeout = 5", ()),
                    ("SELECT '中文'", ()),
                ],
            )
            assert (first, none, third) == ([(42, None)], [], [("中文",)])

        assert trips.count(act) == 1
        assert not wire_of(db).idle


def test_after_a_refusal_nothing_is_carried_out_and_nothing_kept(engine: Engine, person: str) -> None:
    with pytest.raises(IntegrityError), reader_transaction(engine) as db:
        run_all(db, [(ADD, (person, "one")), (ADD, (person, "one")), (ADD, (person, "two"))])
    assert keys(engine) == []


def test_what_waits_is_sent_before_whatever_follows(engine: Engine, person: str) -> None:
    with reader_transaction(engine) as db:
        run_later(db, ADD, (person, "one"))
        assert list(db.execute(KEYS, {"person": person}).scalars()) == ["one"]
        run_later(db, ADD, (person, "two"))
        assert run(db, "SELECT count(*) FROM requests WHERE actor_id = $1", (person,)) == [(2,)]
        run_later(db, ADD, (person, "three"))
    assert keys(engine) == ["one", "three", "two"]


def test_what_waits_is_refused_before_anybody_is_told_of_a_success(engine: Engine, person: str) -> None:
    with pytest.raises(IntegrityError), reader_transaction(engine) as db:
        run_later(db, ADD, (person, "one"))
        run_later(db, ADD, (person, "one"))
    assert keys(engine) == []
    with reader_transaction(engine) as db:
        assert wire_of(db).waiting == []


def test_what_waits_is_lost_with_what_is_rolled_back(engine: Engine, person: str) -> None:
    with pytest.raises(ZeroDivisionError), reader_transaction(engine) as db:
        run_later(db, ADD, (person, "one"))
        raise ZeroDivisionError
    with reader_transaction(engine) as db:
        run_later(db, ADD, (person, "two"))
        with pytest.raises(ZeroDivisionError), savepoint(db):
            run_later(db, ADD, (person, "three"))
            raise ZeroDivisionError
        with savepoint(db):
            run_later(db, ADD, (person, "four"))
    assert keys(engine) == ["four", "two"]


def test_a_refusal_within_a_savepoint_ends_there(engine: Engine, person: str) -> None:
    with reader_transaction(engine) as db:
        run_later(db, ADD, (person, "one"))
        with pytest.raises(IntegrityError), savepoint(db):
            run_later(db, ADD, (person, "one"))
        run_later(db, ADD, (person, "two"))
    assert keys(engine) == ["one", "two"]


def test_what_is_sent_ahead_is_not_waited_for(engine: Engine, person: str) -> None:
    with reader_transaction(engine) as holder, reader_transaction(engine) as db:
        run(holder, "SELECT pg_advisory_lock(7)")
        # The server cannot answer yet, and whoever asked goes on.
        run_ahead(db, "SELECT pg_advisory_lock(7)")
        run_ahead(db, ADD, (person, "one"))
        assert wire_of(db).busy
        run(holder, "SELECT pg_advisory_unlock(7)")
        assert list(db.execute(KEYS, {"person": person}).scalars()) == ["one"]
        assert not wire_of(db).busy
        run_later(db, ADD, (person, "two"))
        run_ahead(db, ADD, (person, "three"))
        assert run(db, "SELECT count(*) FROM requests WHERE actor_id = $1", (person,)) == [(3,)]
        run_ahead(db, ADD, (person, "four"))
    assert keys(engine) == ["four", "one", "three", "two"]


@pytest.mark.parametrize("bad", ["one", "a\0b"])
def test_what_was_sent_ahead_and_refused_is_told_next_and_nothing_after_it_is_carried_out(
    engine: Engine, person: str, bad: str
) -> None:
    with pytest.raises(DBAPIError), reader_transaction(engine) as db:
        run_ahead(db, ADD, (person, "one"))
        run_ahead(db, ADD, (person, bad))
        run_ahead(db, ADD, (person, "two"))
    assert keys(engine) == []
    with reader_transaction(engine) as db:
        run_ahead(db, ADD, (person, "one"))
        with pytest.raises(DBAPIError), savepoint(db):
            run_ahead(db, ADD, (person, bad))
            run_ahead(db, ADD, (person, "two"))
        with pytest.raises(ZeroDivisionError), savepoint(db):
            run_ahead(db, ADD, (person, "three"))
            raise ZeroDivisionError
        with pytest.raises(DBAPIError), savepoint(db):
            run_ahead(db, ADD, (person, bad))
            run(db, ADD, (person, "four"))
    assert keys(engine) == ["one"]


def test_what_was_sent_ahead_is_taken_back_with_its_transaction(engine: Engine, person: str) -> None:
    with pytest.raises(ZeroDivisionError), reader_transaction(engine) as db:
        run_ahead(db, ADD, (person, "one"))
        raise ZeroDivisionError
    with connected(engine) as db:
        run_ahead(db, ADD, (person, "two"))
    with reader_transaction(engine) as db:
        assert not wire_of(db).busy
    assert keys(engine) == []


def prepared(db: Connection) -> list[str]:
    return [row[0] for row in run(db, "SELECT statement FROM pg_prepared_statements ORDER BY prepare_time")]


def test_what_was_prepared_stays_so_after_a_rollback(engine: Engine) -> None:
    for _ in range(2):
        with pytest.raises(DBAPIError), reader_transaction(engine) as db:
            for _ in range(8):
                db.execute(text("SELECT 'by the driver' || :words"), {"words": "x"})
            run(db, "SELECT 'by the wire'")
            run(db, "SELECT 1 / 0")
    with reader_transaction(engine) as db:
        kept = prepared(db)
    assert sum("'by the wire'" in statement for statement in kept) == 1
    assert sum("'by the driver'" in statement for statement in kept) == 1


def test_what_was_asked_for_least_lately_is_forgotten(engine: Engine) -> None:
    with reader_transaction(engine) as db:
        for n in range(MOST_PREPARED + 20):
            assert run(db, f"SELECT {n}") == [(n,)]
            assert run(db, "SELECT 'again'") == [("again",)]
        assert run(db, "SELECT 3") == [(3,)]
        kept = prepared(db)
    # What goes is told with the next round trip.
    assert len(kept) <= MOST_PREPARED + 2
    assert "SELECT 'again'" in kept
    assert "SELECT 5" not in kept


def test_a_connection_whose_statements_no_longer_fit_is_replaced(engine: Engine, superuser_engine: Engine) -> None:
    """As after a migration under a process that still runs."""
    by_wire, by_driver = "SELECT * FROM phases", text("SELECT * FROM phases")
    with reader_transaction(engine) as db:
        run(db, by_wire)
        for _ in range(8):
            db.execute(by_driver)
    with superuser_engine.begin() as db:
        db.execute(text("ALTER TABLE phases ADD COLUMN later text"))
    with pytest.raises(DBAPIError), reader_transaction(engine) as db:
        run(db, by_wire)
    with reader_transaction(engine) as db:
        assert run(db, by_wire) == []
        for _ in range(8):
            db.execute(by_driver)
    with superuser_engine.begin() as db:
        db.execute(text("ALTER TABLE phases DROP COLUMN later"))
    with pytest.raises(DBAPIError), reader_transaction(engine) as db:
        db.execute(by_driver)
    with reader_transaction(engine) as db:
        db.execute(by_driver)


def test_a_connection_that_is_lost_is_told_of_and_replaced(engine: Engine, superuser_engine: Engine) -> None:
    # What waits goes with COMMIT: nobody hears whether that arrived.
    with pytest.raises(OutcomeUnknown) as fault, reader_transaction(engine) as db:
        pid = run(db, "SELECT pg_backend_pid()")[0][0]
        run_later(db, "SELECT 1")
        with superuser_engine.begin() as almighty:
            almighty.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": pid})
    cause = fault.value.__cause__
    assert isinstance(cause, OperationalError | InternalError)
    assert cause.connection_invalidated
    with reader_transaction(engine) as db:
        assert run(db, "SELECT pg_backend_pid()")[0][0] != pid


def held_and_awaited(
    engine: Engine, hold: Callable[[Connection], object], wait: Callable[[Connection], object]
) -> None:
    """One thread holds something for a while, and another, which begins meanwhile, waits for it."""
    holds, waits = Event(), Event()

    def first() -> None:
        with transaction(engine) as db:
            hold(db)
            holds.set()
            waits.wait()
            run(db, "SELECT pg_sleep(0.2)")

    def second() -> None:
        holds.wait()
        with transaction(engine) as db:
            waits.set()
            wait(db)

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(second), threads.submit(first)]:
            done.result(timeout=20)


def test_whoever_waits_for_a_lock_lets_other_threads_go_on(engine: Engine, person: str) -> None:
    """Both on one interpreter: the one that waits must not keep the one that it waits for from ending."""
    lock = ("SELECT 1 FROM people WHERE id = $1 FOR UPDATE", (person,))
    held_and_awaited(engine, lambda db: run(db, *lock), lambda db: run(db, *lock))


def test_what_follows_a_lock_in_one_round_trip_sees_what_was_written_before_it(engine: Engine, person: str) -> None:
    seen: list[object] = []
    lock = ("SELECT 1 FROM people WHERE id = $1 FOR UPDATE", (person,))
    name = ("SELECT name FROM people WHERE id = $1", (person,))
    held_and_awaited(
        engine,
        lambda db: run(db, "UPDATE people SET name = 'Later' WHERE id = $1", (person,)),
        lambda db: seen.extend(run_all(db, [lock, name])[1]),
    )
    assert seen == [("Later",)]


def test_a_connection_that_commits_each_statement_begins_nothing(engine: Engine) -> None:
    with connected(engine.execution_options(isolation_level="AUTOCOMMIT")) as db:
        assert run(db, "SELECT 1") == [(1,)]
        assert wire_of(db).idle


def test_a_transaction_begins_at_the_isolation_level_that_was_asked_for(engine: Engine) -> None:
    with connected(engine) as plain:
        db = plain.execution_options(isolation_level="REPEATABLE READ")
        with db.begin():
            assert run(db, "SHOW transaction_isolation") == [("repeatable read",)]
    with reader_transaction(engine) as db:
        assert run(db, "SHOW transaction_isolation") == [("read committed",)]


def test_what_was_left_waiting_is_nobody_elses(engine: Engine, person: str) -> None:
    with connected(engine) as db:
        run_later(db, ADD, (person, "one"))
    with reader_transaction(engine) as db:
        assert run(db, "SELECT count(*) FROM requests WHERE actor_id = $1", (person,)) == [(0,)]


def test_a_connection_that_is_kept_goes_on_after_a_refused_commit(engine: Engine, person: str) -> None:
    with connected(engine) as db:
        with pytest.raises(IntegrityError), db.begin():
            run_later(db, ADD, (person, "one"))
            run_later(db, ADD, (person, "one"))
        with db.begin():
            run_later(db, ADD, (person, "two"))
        with pytest.raises(IntegrityError), db.begin():
            run_ahead(db, ADD, (person, "two"))
            run_later(db, ADD, (person, "three"))
        with db.begin():
            run_later(db, ADD, (person, "four"))
    assert keys(engine) == ["four", "two"]


@pytest.mark.parametrize("value", ["a\0b", "\ud800"])
def test_a_value_that_cannot_be_sent_is_refused_before_anything_is(engine: Engine, person: str, value: str) -> None:
    with reader_transaction(engine) as db:
        with pytest.raises((DBAPIError, UnicodeEncodeError)):
            run_all(db, [(ADD, (person, "one")), ("SELECT $1", (value,))])
        assert run(db, "SELECT count(*) FROM requests WHERE actor_id = $1", (person,)) == [(0,)]


def test_what_interrupts_a_round_trip_is_told_and_ends_the_connection(
    engine: Engine, person: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(KeyboardInterrupt), reader_transaction(engine) as db:
        run(db, ADD, (person, "one"))
        pid = run(db, "SELECT pg_backend_pid()")[0][0]
        with monkeypatch.context() as patched:
            patched.setattr(Wire, "_replies", interrupt)
            run(db, "SELECT 1")
    with reader_transaction(engine) as db:
        assert run(db, "SELECT pg_backend_pid()")[0][0] != pid
    assert keys(engine) == []


def interrupt(wire: Wire) -> None:
    raise KeyboardInterrupt


def test_the_same_statement_twice_is_prepared_once(engine: Engine) -> None:
    with reader_transaction(engine) as db:
        assert run_all(db, [("SELECT 'twice'", ()), ("SELECT 'twice'", ())]) == [[("twice",)], [("twice",)]]
        assert prepared(db).count("SELECT 'twice'") == 1


def test_each_role_has_prepared_statements_of_its_own(engine: Engine) -> None:
    """Or else the server would plan one anew, with all policies, whenever the other role sends it."""
    task, acts = "SELECT count(*) FROM tasks", ("SELECT current_user", ())
    for _ in range(3):
        with reader_transaction(engine) as db:
            read_as(db, PERSON)
            run(db, task)
            with whole(db):
                assert run_all(db, [acts, (task, ())])[0] == [("casework_engine",)]
            assert run_all(db, [acts, (task, ())])[0] == [("casework_app",)]
        with transaction(engine) as db:
            run(db, task)
    with reader_transaction(engine) as db:
        # What was sent before a transaction said who reads was sent by the role in which people do.
        assert run_all(db, [acts, (task, ())])[0] == [("casework_app",)]
        assert prepared(db).count(task) == 2


def test_a_role_ends_with_its_transaction(engine: Engine) -> None:
    task = "SELECT count(*) FROM tasks"
    with connected(engine) as db:
        with db.begin():
            read_as(db, ENGINE)
            run(db, task)
        with pytest.raises(ZeroDivisionError), db.begin():
            read_as(db, ENGINE)
            run(db, task)
            raise ZeroDivisionError
        with db.begin():
            run(db, task)
            assert prepared(db).count(task) == 2
    with pytest.raises(ZeroDivisionError), transaction(engine) as db:
        run(db, task)
        raise ZeroDivisionError
    with reader_transaction(engine) as db:
        # Begun by the driver this time.
        assert db.execute(text("SELECT current_user")).scalar_one() == "casework_app"
        run(db, task)
        assert prepared(db).count(task) == 2
