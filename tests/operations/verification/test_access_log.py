"""The log of readings: what is changed in it, taken out of it or put into it behind the application is found."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casework.operations.core.access_log import note_reading, note_sealed
from casework.operations.history.point_in_time import Past
from casework.operations.mediations.service import open_mediation
from casework.operations.verification.access_log import check_readings
from casework.records.database import transaction
from tests.support.world import World, new_request


def read_three_times(world: World, db: Connection) -> None:
    """A sealed mediation that was opened three times, and an auditor who read three pages."""
    number = world.open_case(db)
    mediation = str(open_mediation(db, world.actor(db, "dispute_officer"), number, new_request()).answer["id"])
    for n in range(3):
        note_reading(db, world.actor(db, "auditor"), f"/cases?words={n}", number)
        note_sealed(db, world.actor(db, "dispute_officer"), mediation, f"/mediations/{mediation}")


def found(db: Connection) -> list[str]:
    return [one.sentence for one in check_readings(db, Past(db))]


def test_whole_chains_have_no_fault(world: World, db: Connection) -> None:
    read_three_times(world, db)
    assert found(db) == []


CHANGES = {
    "the last one taken out": "DELETE FROM {table} WHERE n = 3",
    "one between taken out": "DELETE FROM {table} WHERE n = 2",
    "the first one taken out": "DELETE FROM {table} WHERE n = 1",
    "all taken out": "DELETE FROM {table}",
    "another moment": "UPDATE {table} SET at = at + interval '1 hour' WHERE n = 2",
    "another reader": "UPDATE {table} SET person_id = (SELECT min(id::text)::uuid FROM people) WHERE n = 2",
    "another page": "UPDATE {table} SET address = '/elsewhere' || substr(address, 2) WHERE n = 3",
    "the query taken out": "UPDATE {table} SET address = split_part(address, '?', 1), salt = NULL WHERE n = 2",
    "another salt of its place": "UPDATE {table} SET nonce = 'x' WHERE n = 2",
    "its chain rewritten without its head": "UPDATE {table} SET hash = repeat('0', 64) WHERE n = 3",
    "the head set back": "UPDATE reading_heads SET n = 2",
}


@pytest.mark.parametrize("table", ["readings", "sealed_readings"])
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_changed_is_found(
    change: str, table: str, world: World, superuser_engine: Engine, engine: Engine
) -> None:
    with transaction(engine) as db:
        read_three_times(world, db)
    with superuser_engine.connect() as attack, attack.begin():
        attack.execute(text("SET LOCAL session_replication_role = replica"))
        attack.execute(text(CHANGES[change].format(table=table)))
        assert found(attack) != []


def test_the_application_cannot_say_where_a_chain_ends(engine: Engine) -> None:
    for statement in ("UPDATE reading_heads SET n = 0", "DELETE FROM reading_heads"):
        with pytest.raises(DBAPIError, match="permission denied"), transaction(engine) as db:
            db.execute(text(statement))


def test_nobody_but_the_check_reads_where_chains_end(world: World, db: Connection) -> None:
    read_three_times(world, db)
    db.execute(text("SELECT set_config('casework.reader', :id, true)"), {"id": world.people["administrator"]})
    assert db.execute(text("SELECT count(*) FROM reading_heads")).scalar_one() == 0


def test_whatever_was_given_the_database_makes_the_chain(world: World, db: Connection) -> None:
    db.execute(
        text("INSERT INTO readings (person_id, address, n, hash, query) VALUES (CAST(:id AS uuid), '/a', 7, 'x', 'x')"),
        {"id": world.people["auditor"]},
    )
    assert found(db) == []
