"""Logs and their events: locked in one order, each event bound to the one before, and read back as it was written."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.state.events import Event
from casework.errors import NotFound
from casework.ledger.hash_chain import genesis
from casework.operations.core.perform import home_of
from casework.records.database import transaction
from casework.records.event_log import (
    event_of,
    lock_log,
    lock_logs,
    new_log,
    now,
    read_events,
    read_logs,
    read_register,
    read_rows,
    register_event_of,
    seal_events,
    try_lock,
)
from tests.support.way_to_referral import to_referral
from tests.support.world import World

MOMENT = datetime(2026, 3, 2, 2, 0, 0, 7, tzinfo=UTC)
NOBODY = "00000000-0000-7000-8000-000000000000"


def event(seq: int, **more: Any) -> Event:
    return Event(log="a-log", seq=seq, at=MOMENT + timedelta(seconds=seq), kind="fired", actor="somebody", **more)


def test_what_is_written_comes_back_as_it_was() -> None:
    written = [
        event(
            1,
            track="t",
            frm=("triage",),
            to=("scoping", "waiting"),
            edition="e" * 64,
            role="officer",
            body={"note": "Hm."},
        ),
        event(2, acting_for="another", organisation="lab", because=1, effects={"owner": "somebody"}),
    ]
    rows, _ = seal_events(new_log("a-log", "case", "bj", MOMENT), written)
    assert [event_of(row["header"], row["effects"], row["body"]) for row in rows] == written
    register = register_event_of(rows[0]["header"], rows[0]["effects"], rows[0]["body"])
    assert (register.kind, register.body) == ("fired", {"note": "Hm."})


def test_each_is_bound_to_the_one_before_and_the_key_stands_in_the_first() -> None:
    log = new_log("a-log", "case", "bj", MOMENT)
    assert (log.seq, log.head) == (0, genesis("a-log"))
    rows, head = seal_events(log, [event(1), event(2)], "a key")
    assert [row["header"]["key"] for row in rows] == ["a key", None]
    assert head == rows[1]["hash"] != rows[0]["hash"]
    [same], _ = seal_events(log, [event(1)], "a key")
    [other], _ = seal_events(log, [event(1, role="officer")], "a key")
    assert same["hash"] == rows[0]["hash"] != other["hash"]


def test_words_are_salted_anew_each_time() -> None:
    log = new_log("a-log", "case", "bj", MOMENT)
    bodies = [seal_events(log, [event(1, body={"note": "Hm."})])[0][0]["body"] for _ in range(2)]
    assert bodies[0]["note"]["value"] == bodies[1]["note"]["value"] == "Hm."
    assert bodies[0]["note"]["salt"] != bodies[1]["note"]["salt"]


def test_what_happens_next_is_one_further_and_later(world: World, db: Connection) -> None:
    log = lock_log(db, world.people["officer"])
    assert log.now > log.last_at
    following = log.next_event("account", "somebody")
    assert (following.log, following.seq, following.at) == (log.id, log.seq + 1, log.now)
    assert now(db) - log.now < timedelta(minutes=1)


def test_several_are_locked_or_none(world: World, db: Connection) -> None:
    two = [world.people["supervisor"], world.people["officer"]]
    assert set(lock_logs(db, two)) == set(two)
    with pytest.raises(NotFound):
        lock_logs(db, [*two, NOBODY])


def test_what_somebody_else_holds_is_not_waited_for(world: World, engine: Engine) -> None:
    log = world.people["officer"]
    with transaction(engine) as db:
        lock_log(db, log)
        with transaction(engine) as other:
            assert not try_lock(other, log)
            assert try_lock(other, world.people["supervisor"])
        assert try_lock(db, log)


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_a_log_is_read_whole_and_in_order_in_batches_of_any_size(world: World, db: Connection, batch: int) -> None:
    number, _ = to_referral(world, db)
    log = home_of(db, number)
    rows = list(read_rows(db, log, batch=batch))
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [one.seq for one in read_events(db, log)] == [row.seq for row in rows]
    assert list(read_register(db, NOBODY)) == []


def test_several_logs_are_read_as_each_alone(world: World, db: Connection) -> None:
    """However long they are said to be: what is longer than that is read log by log."""
    case, person = home_of(db, to_referral(world, db)[0]), world.people["officer"]
    logs = [case, NOBODY, person]
    alone = {log: [tuple(row) for row in read_rows(db, log)] for log in logs}
    length = len(alone[case])
    assert length > 5
    assert alone[NOBODY] == []
    for said in (0, 1, length - 1, length, length + 1, 10**12):
        for batch in (1, length, length + len(alone[person]), 500):
            told = read_logs(db, {case: said, NOBODY: 0, person: len(alone[person])}, batch=batch)
            assert [(log, [tuple(row) for row in rows]) for log, rows in told] == list(alone.items())
    assert list(read_logs(db, {})) == []


def test_each_value_of_an_event_has_a_salt_of_its_own() -> None:
    log = new_log("a-log", "case", None, MOMENT)
    body = {f"field {n}": "the same" for n in range(1_000)}
    rows, _ = seal_events(log, [event(1, body=body), event(2, body=body), event(3)])
    salts = [stored["salt"] for row in rows for stored in row["body"].values()]
    assert len(set(salts)) == 2_000
    assert all(re.fullmatch("[0-9a-f]{32}", salt) for salt in salts)
    assert rows[2]["body"] == {}
