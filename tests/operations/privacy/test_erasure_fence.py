"""Nothing is taken out of a history but by an erasure that two persons agreed on."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casework.ledger.redactable_bodies import erase
from casework.operations.verification.service import verify_all
from casework.records.database import transaction
from tests.operations.privacy.erasure_scene import Scene

ERASE = "SELECT casework_erase(CAST(:erasure AS uuid), CAST(:log AS uuid), 1, CAST(:hashes AS jsonb))"


def refused(engine: Engine, statement: str, **given: Any) -> str:
    with pytest.raises(DBAPIError) as caught, transaction(engine) as db:
        db.execute(text(statement), given)
    return str(caught.value.orig)


def test_the_function_takes_nothing_out_without_two_persons(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
    said = refused(scene.engine, ERASE, erasure=erasure, log=scene.person, hashes=json.dumps({"name": "0" * 64}))
    assert "two persons have not agreed" in said


def test_the_function_writes_nothing_but_a_hash(scene: Scene) -> None:
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        scene.decide(db, erasure)
    said = refused(
        scene.engine,
        ERASE,
        erasure=erasure,
        log=scene.person,
        hashes=json.dumps({f"people/{scene.person}": "Somebody else"}),
    )
    assert "never changed" in said


@pytest.mark.parametrize(
    "forged",
    ["the row alone", "an agreement that does not follow", "somebody without the role", "a second word of one person"],
)
def test_the_application_alone_cannot_forge_an_agreement(scene: Scene, forged: str) -> None:
    """Statements that the application may send: a row that says so, and events that nobody with the role has written."""
    with transaction(scene.engine) as db:
        erasure = scene.ask(db)
        second = "manager" if forged == "an agreement that does not follow" else "officer"
        given = {"id": erasure, "by": scene.world.people[second], "prev": "0" * 64}
        db.execute(
            text(
                "UPDATE erasures SET state = 'agreed', decided_by = CAST(:by AS uuid), decided_at = now() WHERE id = CAST(:id AS uuid)"
            ),
            given,
        )
        if forged != "the row alone":
            if forged != "an agreement that does not follow":
                given["prev"] = db.execute(
                    text("SELECT hash FROM events WHERE log_id = CAST(:id AS uuid)"), given
                ).scalar_one()
            actor = "asked_by" if forged == "a second word of one person" else "decided_by"
            db.execute(
                text(
                    "INSERT INTO events (log_id, seq, at, kind, actor_id, header, effects, body, hash)"
                    f" SELECT e.id, 2, now(), 'erasure_agreed', {actor}::text, jsonb_build_object('prev', CAST(:prev AS text)), '{{}}',"
                    " '{}', repeat('0', 64) FROM erasures e WHERE e.id = CAST(:id AS uuid)"
                ),
                given,
            )
    for statement in (ERASE, "SELECT casework_erase_readings(CAST(:erasure AS uuid), 'x')"):
        said = refused(
            scene.engine, statement, erasure=erasure, log=scene.person, hashes=json.dumps({"name": "0" * 64})
        )
        assert "two persons have not agreed" in said


def test_the_application_cannot_change_events_by_saying_that_it_erases(scene: Scene) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), transaction(scene.engine) as db:
        db.execute(text("SELECT set_config('casework.erasing', 'on', true)"))
        db.execute(text("UPDATE events SET body = '{}'"))


@pytest.fixture
def attack(scene: Scene) -> Iterator[Connection]:
    """A superuser's transaction, without triggers."""
    with scene.superuser.connect() as db, db.begin():
        db.execute(text("SET LOCAL session_replication_role = replica"))
        yield db


def faults(scene: Scene) -> list[str]:
    return [f"{one.kind} {one.sentence}" for one in verify_all(scene.engine)]


def test_what_is_taken_out_without_an_erasure_is_found(scene: Scene, attack: Connection) -> None:
    body = attack.execute(
        text("SELECT body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = 1"), {"log": scene.person}
    ).scalar_one()
    bare = erase(body, list(body))
    attack.execute(
        text("UPDATE events SET body = CAST(:body AS jsonb) WHERE log_id = CAST(:log AS uuid) AND seq = 1"),
        {"body": json.dumps(bare), "log": scene.person},
    )
    attack.commit()
    name = f"people/{scene.person}"
    assert faults(scene) == [
        f"erased {name} of event 1 was taken out without an erasure.",
        f"rows A row of people was not told again after an erasure: {scene.person}.",
    ]


def test_an_erasure_that_one_person_made_alone_is_found(scene: Scene, attack: Connection) -> None:
    erasure = scene.erase()
    attack.execute(
        text("DELETE FROM events WHERE log_id = CAST(:log AS uuid) AND kind = 'erasure_agreed'"), {"log": erasure}
    )
    attack.commit()
    assert any("no second person had agreed" in one for one in faults(scene))
