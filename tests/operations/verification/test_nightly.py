"""Each night the history is verified: what has gone on is read, and what was rewritten since is found, whose turn it may be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text

from casework.operations.core.perform import home_of
from casework.operations.verification import nightly, service
from casework.operations.verification.nightly import TURNS, any_unverified, verify_night
from casework.operations.verification.verified_cases import last_night
from casework.records.database import connect_engine, transaction
from casework.settings import Settings
from tests.operations.verification.forger import rebuild, sql, the
from tests.support.world import World

_DAY_S = 86_400


@contextmanager
def on_day(settings: Settings, days: int) -> Iterator[Engine]:
    engine = connect_engine(settings.model_copy(update={"clock_offset": days * _DAY_S}))
    try:
        yield engine
    finally:
        engine.dispose()


def verify(settings: Settings, days: int) -> int:
    with on_day(settings, days) as engine:
        return verify_night(engine)


def read_in(settings: Settings, days: int) -> tuple[int, int]:
    """How many faults the night of a day finds, and how many logs it reads."""
    found = verify(settings, days)
    with on_day(settings, 0) as engine, transaction(engine) as db:
        return found, db.execute(text("SELECT logs FROM verification_nights ORDER BY night DESC LIMIT 1")).scalar_one()


def states(db: Connection, log: str) -> Any:
    return db.execute(
        text("SELECT seq, head, faults FROM verifications WHERE log_id = CAST(:log AS uuid)"), {"log": log}
    ).one()


def kept_at(db: Connection) -> dict[str, Any]:
    return {row.log: row.at for row in db.execute(text("SELECT log_id::text AS log, at FROM verifications"))}


@pytest.fixture
def case(world: World, engine: Engine) -> str:
    with transaction(engine) as db:
        number = world.new_case(db)
        world.fire(db, "officer", number, "take")
        return home_of(db, number)


@pytest.fixture
def behind(superuser_engine: Engine) -> Callable[[Callable[[Connection], None]], None]:
    def change(what: Callable[[Connection], None]) -> None:
        with superuser_engine.begin() as db:
            db.execute(text("SET LOCAL session_replication_role = replica"))
            what(db)

    return change


def test_the_first_night_reads_everything_and_the_next_what_has_gone_on(
    case: str, world: World, engine: Engine, settings: Settings
) -> None:
    with transaction(engine) as db:
        assert any_unverified(db)
        logs = db.execute(text("SELECT count(*) FROM logs")).scalar_one()
    assert read_in(settings, 0) == (0, logs)
    with transaction(engine) as db:
        assert not any_unverified(db)
        other = home_of(db, world.open_case(db))
    with on_day(settings, 1) as tomorrow, transaction(tomorrow) as db:
        assert any_unverified(db)
    found, read = read_in(settings, 1)
    assert found == 0
    assert 1 <= read < logs
    with transaction(engine) as db:
        assert states(db, other).faults == []


def test_each_log_is_read_again_once_in_so_many_nights(case: str, engine: Engine, settings: Settings) -> None:
    verify(settings, 0)
    with transaction(engine) as db:
        before = kept_at(db)
    for day in range(1, TURNS + 1):
        verify(settings, day)
    with transaction(engine) as db:
        after = kept_at(db)
    assert before.keys() == after.keys()
    assert [log for log in before if after[log] <= before[log]] == []


def _rewrite(db: Connection, log: str) -> None:
    rebuild(db, log, lambda rows: the(rows, "fired")["header"].update(key="0" * 64))


def _cut(db: Connection, log: str) -> None:
    def without_the_last(rows: list[Any]) -> None:
        del rows[-1]

    rebuild(db, log, without_the_last)


def _take_away(db: Connection, log: str) -> None:
    for table in ("events", "logs"):
        sql(db, f"DELETE FROM {table} WHERE {'log_id' if table == 'events' else 'id'} = CAST(:log AS uuid)", log=log)


@pytest.mark.parametrize("forge", [_rewrite, _cut, _take_away])
def test_what_was_rewritten_with_all_its_hashes_is_found_in_the_next_night(
    forge: Callable[[Connection, str], None], case: str, behind: Any, engine: Engine, settings: Settings
) -> None:
    verify(settings, 0)
    with transaction(engine) as db:
        kept = states(db, case)
    behind(lambda db: forge(db, case))
    for night in (1, 2):
        assert verify(settings, night) > 0
        with transaction(engine) as db:
            now = states(db, case)
        assert "rewritten" in {fault["kind"] for fault in now.faults}
        assert (now.seq, now.head) == (kept.seq, kept.head), "what it was before stays known"


def test_a_rewritten_log_is_found_where_it_is_not_its_turn(
    case: str, behind: Any, engine: Engine, settings: Settings
) -> None:
    verify(settings, 0)

    def keep_its_head(db: Connection) -> None:
        head = sql(db, "SELECT seq, head, last_at FROM logs WHERE id = CAST(:log AS uuid)", log=case).one()
        _rewrite(db, case)
        back = "UPDATE logs SET seq = :seq, head = :head, last_at = :at WHERE id = CAST(:log AS uuid)"
        sql(db, back, log=case, seq=head.seq, head=head.head, at=head.last_at)

    behind(keep_its_head)
    turns = [verify(settings, day) for day in range(1, 3)]
    assert min(turns) > 0, "it can be its turn in one of two nights at most"


def test_a_changed_row_is_found_and_forgotten_once_it_is_mended(
    case: str, behind: Any, engine: Engine, settings: Settings
) -> None:
    verify(settings, 0)
    with transaction(engine) as db:
        owner = db.execute(text("SELECT owner_id FROM cases WHERE id = CAST(:log AS uuid)"), {"log": case}).scalar_one()
    behind(lambda db: sql(db, "UPDATE cases SET owner_id = gen_random_uuid() WHERE id = CAST(:log AS uuid)", log=case))
    assert sum(verify(settings, day) for day in range(1, TURNS + 1)) > 0
    behind(
        lambda db: sql(db, "UPDATE cases SET owner_id = :owner WHERE id = CAST(:log AS uuid)", log=case, owner=owner)
    )
    assert verify(settings, TURNS + 1) == 0
    with transaction(engine) as db:
        assert states(db, case).faults == []


def test_whoever_is_ended_halfway_goes_on_there(
    case: str, engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as some, transaction(engine) as db:
        some.setattr(service, "groups_of_logs", lambda rows: [[row[0]] for row in rows][:3])
        some.setattr(nightly, "_blame_rewritten", _dies)
        with pytest.raises(KeyboardInterrupt):
            verify(settings, 0)
    with transaction(engine) as db:
        first = kept_at(db)
        assert len(first) == 3
        assert any_unverified(db)
        logs = db.execute(text("SELECT count(*) FROM logs")).scalar_one()
    assert read_in(settings, 0) == (0, logs)
    with transaction(engine) as db:
        after = kept_at(db)
    assert {log: after[log] for log in first} == first


def _dies(*_: object) -> None:
    raise KeyboardInterrupt


def test_without_a_programme_there_is_nothing_to_verify(engine: Engine) -> None:
    with transaction(engine) as db:
        assert not any_unverified(db)
    assert verify_night(engine) == 0


def _whole(engine: Engine, world: World) -> bool:
    with transaction(engine) as db:
        night = last_night(db, world.actor(db, "auditor"))
        assert night is not None
        return night.whole


def test_the_night_is_not_whole_where_a_register_was_rewritten_or_a_case_is_gone(
    case: str, world: World, behind: Any, engine: Engine, settings: Settings
) -> None:
    verify(settings, 0)
    assert _whole(engine, world)
    behind(lambda db: sql(db, "UPDATE cases SET owner_id = gen_random_uuid() WHERE id = CAST(:log AS uuid)", log=case))
    verify(settings, TURNS)
    assert _whole(engine, world), "what is wrong with a case is told beside the case"
    programme = world.programmes["BJ"]

    def rewrite(db: Connection) -> None:
        rebuild(db, programme, lambda rows: rows[-1]["header"].update(key="0" * 64))

    behind(rewrite)
    verify(settings, TURNS + 1)
    assert not _whole(engine, world)


def test_the_night_is_not_whole_where_a_case_was_taken_away_with_all_that_it_has(
    case: str, world: World, behind: Any, engine: Engine, settings: Settings
) -> None:
    verify(settings, 0)

    def take_away(db: Connection) -> None:
        _take_away(db, case)
        sql(db, "DELETE FROM cases WHERE id = CAST(:log AS uuid)", log=case)

    behind(take_away)
    verify(settings, 1)
    assert not _whole(engine, world)


#: An answered request of which no event tells, as if it had been made at some time.
_FORGED = text("""
    INSERT INTO requests (actor_id, key, digest, status, answer, log_id, seq, made_at)
    SELECT actor_id, :key, digest, status, answer, log_id, seq, coalesce(CAST(:at AS timestamptz), clock_timestamp())
    FROM requests WHERE log_id IS NOT NULL LIMIT 1
""")


def test_requests_are_read_that_came_since_and_all_when_everything_is(
    case: str, settings: Settings, behind: Callable[[Callable[[Connection], None]], None]
) -> None:
    def forge(key: str, at: str | None = None) -> None:
        def insert(db: Connection) -> None:
            db.execute(_FORGED, {"key": key, "at": at})

        behind(insert)

    def mend(db: Connection) -> None:
        db.execute(text("DELETE FROM requests WHERE key IN ('old', 'new')"))

    assert verify(settings, 1) == 0
    forge("old", "2020-05-04T09:00Z")
    assert verify(settings, 2) == 0, "it seems to be of long ago: its turn comes"
    forge("new")
    assert verify(settings, 3) == 1
    assert verify(settings, 4) == 2, "after a fault all are read, until it is mended"
    behind(mend)
    assert [verify(settings, day) for day in (5, 6)] == [0, 0]
    forge("old", "2020-05-04T09:00Z")
    assert [verify(settings, day) for day in range(7, TURNS + 2)] == [0] * (TURNS - 6) + [1]
