"""What is watched: readings join a chain by themselves, and an erasure is decided by a second person."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection, Table, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from casework.operations.core.perform import home_of
from casework.records.tables.oversight import readings, sealed_readings
from tests.support.world import World

CHAINED = ("n", "nonce", "salt", "query", "hash", "erasure_id")


@pytest.mark.parametrize(
    ("table", "chain"), [(readings, "person_id"), (sealed_readings, "log_id")], ids=lambda given: str(given)
)
def test_each_chain_has_each_place_once(table: Table, chain: str) -> None:
    held = {tuple(one.columns.keys()) for one in table.constraints if isinstance(one, UniqueConstraint)}
    assert held == {(chain, "n")}
    assert not table.columns[chain].nullable
    # Once an erasure took the query out its salt is gone; its place in the chain stays.
    assert {name: table.columns[name].nullable for name in CHAINED} == {
        "n": False,
        "nonce": False,
        "salt": True,
        "query": False,
        "hash": False,
        "erasure_id": True,
    }


def test_a_reading_takes_its_place_whatever_was_given(world: World, db: Connection) -> None:
    officer = world.people["officer"]
    note = text(
        "INSERT INTO readings (person_id, address, n, salt, query, hash, erasure_id) VALUES"
        " (CAST(:person AS uuid), '/cases?q=steam', 99, 'x', 'y', 'z', gen_random_uuid())"
        " RETURNING n, salt, query, hash, erasure_id"
    )
    first, second = (db.execute(note, {"person": officer}).one() for _ in range(2))
    assert second.n == first.n + 1
    for row in (first, second):
        assert row.salt != "x"
        assert row.erasure_id is None
        assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in (row.query, row.hash))
    # The same address under another salt, and after another reading.
    assert first.query != second.query
    head = text("SELECT n, head FROM reading_heads WHERE id = CAST(:person AS uuid)")
    assert tuple(db.execute(head, {"person": officer}).one()) == (second.n, second.hash)


@pytest.mark.parametrize(
    ("state", "by", "refused"),
    [
        ("agreed", "supervisor", None),
        ("agreed", "administrator", "ck_erasures_two_persons"),
        ("forgotten", "supervisor", "ck_erasures_state"),
    ],
)
def test_an_erasure_is_decided_by_another_than_who_asked(
    world: World, db: Connection, state: str, by: str, refused: str | None
) -> None:
    statement = text(
        "INSERT INTO erasures (id, programme_id, basis, state, asked_by, asked_at, decided_by) VALUES (CAST(:id AS uuid),"
        " CAST(:programme AS uuid), 'request', :state, CAST(:asker AS uuid), casework_now(), CAST(:by AS uuid))"
    )
    given = {
        "id": home_of(db, world.open_case(db)),
        "programme": world.programmes["BJ"],
        "state": state,
        "asker": world.people["administrator"],
        "by": world.people[by],
    }
    if refused is None:
        assert db.execute(statement, given).rowcount == 1
    else:
        with pytest.raises(IntegrityError, match=refused), db.begin_nested():
            db.execute(statement, given)
