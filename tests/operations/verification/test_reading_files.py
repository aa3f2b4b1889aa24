"""The file of readings with its proof: for whom, what is in it, and what it does not betray."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from casework import reasons
from casework.errors import NotConfirmed, NotFound, Refused
from casework.operations.core.access_log import export_readings, note_reading
from casework.operations.verification import reading_files
from casework.operations.verification.reading_files import take_readings
from casework.permissions.actors import Proof
from casework.records.database import transaction
from casework.settings import Settings
from tests.support.published import sign_and_publish
from tests.support.world import World

READ = ("/cases?words=a", "/cases?words=b", "/findings")


@pytest.fixture
def read(engine: Engine, world: World) -> str:
    """An auditor has looked at three pages, and an officer took two lists out and looked at what nobody watches."""
    with transaction(engine) as db:
        number = world.open_case(db)
        for address in READ:
            note_reading(db, world.actor(db, "auditor"), address, number if "words=b" in address else None)
        for address in ("/cases.csv", "/tasks", f"/cases/{number}/file"):
            note_reading(db, world.actor(db, "officer"), address, number if "file" in address else None)
    return number


@pytest.fixture
def published(engine: Engine, superuser_engine: Engine, settings: Settings, read: str) -> str:
    sign_and_publish(engine, superuser_engine, settings)
    return read


def take(engine: Engine, world: World, by: str = "auditor", **asked: Any) -> Any:
    with transaction(engine) as db:
        return json.loads(take_readings(db, world.actor(db, by), **asked))


def addresses(one: Any) -> list[str]:
    return [each["row"]["path"] + each["row"]["query"].get("value", "") for each in one["readings"]]


def readers(world: World, content: Any) -> dict[str, Any]:
    names = {id: name for name, id in world.people.items()}
    return {names[one["reader"]]: one for one in content["readers"]}


def test_it_has_what_the_list_shows_and_of_auditors_the_whole_chain(
    engine: Engine, world: World, published: str
) -> None:
    content = take(engine, world)
    told = readers(world, content)
    assert addresses(told["auditor"]) == list(READ)
    assert told["auditor"]["chain"]["first"] == 1
    assert told["auditor"]["chain"]["head"]["n"] == len(READ)
    assert addresses(told["officer"]) == ["/cases.csv", f"/cases/{published}/file"]
    with transaction(engine) as db:
        listed = export_readings(db, world.actor(db, "auditor"))
    assert sorted(one.address for one in listed) == sorted(one for each in told.values() for one in addresses(each))


def test_of_others_nothing_tells_how_many_readings_there_are_between(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, read: str
) -> None:
    """Alike but for salts and hashes, however much an officer has read besides."""

    def shape(content: Any) -> Any:
        one = readers(world, content)["officer"]
        return one["chain"], [(each["row"]["path"], set(each), set(each["place"])) for each in one["readings"]]

    sign_and_publish(engine, superuser_engine, settings)
    before = shape(take(engine, world))
    assert before[0] is None
    assert {name for each in before[1] for name in each[2]} == {"hash"}
    with transaction(engine) as db:
        for n in range(7):
            note_reading(db, world.actor(db, "officer"), f"/elsewhere/{n}")
    sign_and_publish(engine, superuser_engine, settings)
    assert shape(take(engine, world)) == before


def test_of_one_case_readings_stand_by_themselves(engine: Engine, world: World, published: str) -> None:
    content = take(engine, world, number=published)
    assert content["scope"]["number"] == published
    assert [one["chain"] for one in content["readers"]] == [None, None]
    told = readers(world, content)
    assert addresses(told["auditor"]) == [READ[1]]
    assert addresses(told["officer"]) == [f"/cases/{published}/file"]


def test_what_is_not_published_yet_is_left_to_the_next_one(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, published: str
) -> None:
    with transaction(engine) as db:
        note_reading(db, world.actor(db, "auditor"), "/later")
    assert addresses(readers(world, take(engine, world))["auditor"]) == list(READ)
    sign_and_publish(engine, superuser_engine, settings)
    assert addresses(readers(world, take(engine, world))["auditor"]) == [*READ, "/later"]


def test_the_newest_are_taken_and_each_chain_to_its_end(
    engine: Engine,
    superuser_engine: Engine,
    settings: Settings,
    world: World,
    read: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where two readings of one person that came at once have their numbers the other way round."""
    with superuser_engine.begin() as db:
        db.execute(text("SET LOCAL session_replication_role = replica"))
        auditor = {"id": world.people["auditor"]}
        first, second, _ = db.execute(
            text("SELECT id FROM readings WHERE person_id = CAST(:id AS uuid) ORDER BY n"), auditor
        ).scalars()
        for old, new in ((first, -1), (second, first), (-1, second)):
            db.execute(text("UPDATE readings SET id = :new WHERE id = :old"), {"old": old, "new": new})
    sign_and_publish(engine, superuser_engine, settings)
    for most in range(1, 6):
        monkeypatch.setattr(reading_files, "MOST", most)
        content = take(engine, world)
        assert sum(len(one["readings"]) for one in content["readers"]) == most
        assert content["scope"]["more"] is (most < 5)
        for one in content["readers"]:
            if one["chain"]:
                assert one["chain"]["head"]["n"] == len(READ)
                assert one["chain"]["first"] == len(READ) - len(one["readings"]) + 1


def test_what_an_erasure_took_out_has_its_hash_left(
    engine: Engine, superuser_engine: Engine, world: World, published: str
) -> None:
    with superuser_engine.begin() as db:
        db.execute(
            text("UPDATE readings SET address = split_part(address, '?', 1), salt = NULL WHERE address LIKE '%=a'")
        )
    query = readers(world, take(engine, world))["auditor"]["readings"][0]["row"]["query"]
    assert set(query) == {"hash"}


def test_whoever_reads_no_reading_log_takes_none_out(engine: Engine, world: World, published: str) -> None:
    with pytest.raises(NotFound):
        take(engine, world, "officer")


def test_before_anything_is_published_it_has_to_wait(engine: Engine, world: World, read: str) -> None:
    with pytest.raises(Refused) as refused:
        take(engine, world)
    assert refused.value.reasons == [reasons.audit.EXPORT_WAITS]


def test_it_is_taken_out_by_who_has_proved_who_it_is(engine: Engine, world: World, published: str) -> None:
    with transaction(engine) as db:
        old = replace(world.actor(db, "auditor"), proof=Proof.OLD)
        with pytest.raises(NotConfirmed):
            take_readings(db, old)
