"""Removals that somebody with all power over the database made up: each is found, and the event named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.removals import CASE_REMOVED, REMOVAL_AGREED, REMOVAL_ASKED, asked_for
from casework.ledger.redactable_bodies import erase
from casework.operations.documents.storage import DocumentStore
from casework.operations.privacy.legal_holds import place_hold
from casework.operations.privacy.removing import carry_on
from casework.operations.verification.rows import Finding
from casework.operations.verification.service import verify_all, verify_case
from casework.records.database import transaction
from casework.settings import Settings
from tests.operations.privacy.removal_scene import Scene, set_scene
from tests.operations.verification.forger import Stored, rebuild, sql
from tests.support.world import World, new_request

Change = Callable[[list[Stored]], None]


@pytest.fixture
def scene(
    engine: Engine, superuser_engine: Engine, settings: Settings, world: World, document_store: DocumentStore
) -> Iterator[Scene]:
    made = set_scene(engine, superuser_engine, settings, world, document_store)
    yield made
    made.engine.dispose()


@pytest.fixture
def attack(scene: Scene) -> Iterator[Connection]:
    """A superuser's transaction, with the triggers off and rolled back at the end."""
    scene.remove()
    with scene.superuser.connect() as db, db.begin() as tried:
        sql(db, "SET LOCAL session_replication_role = replica")
        yield db
        tried.rollback()


def told(found: list[Finding]) -> list[tuple[int | None, str]]:
    return [(one.seq, one.sentence) for one in found]


def last(rows: list[Stored], kind: str) -> Stored:
    return next(row for row in reversed(rows) if row["header"]["kind"] == kind)


def test_what_two_persons_decided_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    assert verify_case(attack, scene.programme) == []
    assert verify_case(attack, scene.log(scene.numbers[0])) == []


def test_a_body_that_was_removed_without_a_decision_is_named(scene: Scene, attack: Connection) -> None:
    with transaction(scene.engine) as db:
        number = scene.world.new_case(db)
    log = scene.log(number)
    body = sql(attack, "SELECT body FROM events WHERE log_id = CAST(:log AS uuid) AND seq = 1", log=log).scalar_one()
    bare = json.dumps(erase(body, body))
    sql(
        attack,
        "UPDATE events SET body = CAST(:body AS jsonb) WHERE log_id = CAST(:log AS uuid) AND seq = 1",
        body=bare,
        log=log,
    )
    assert (1, "title of event 1 was taken out without an erasure.") in told(verify_case(attack, log))


def _decided_elsewhere(rows: list[Stored]) -> None:
    rows[-1]["effects"]["removal"]["decision"] = 1


def _another_programme(rows: list[Stored]) -> None:
    rows[-1]["effects"]["removal"]["programme"] = rows[-1]["header"]["log"]


def _tasks_left_open(rows: list[Stored]) -> None:
    rows[-1]["effects"]["task_states"].pop()


def _goes_on(rows: list[Stored]) -> None:
    """Somebody of the office does something after the contents are gone."""
    by = rows[1]["header"]
    header = {**rows[-1]["header"], "kind": "interest_declared", "actor": by["actor"], "role": by["role"]}
    rows.append({"header": header, "effects": {"interest": [by["actor"]]}, "body": {}})


def _archived(rows: list[Stored]) -> None:
    rows[-1]["effects"]["removal"]["sealed"] = {"file": "0" * 64, "content": "0" * 64, "bytes": 1}


def _by_a_person(rows: list[Stored]) -> None:
    rows[-1]["header"]["actor"] = rows[1]["header"]["actor"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_decided_elsewhere, "no second person had agreed to the removal"),
        (_another_programme, "the removal is another programme's"),
        (_archived, "the programme's log names another sealed file"),
        (_by_a_person, "and not by a person"),
        (_tasks_left_open, "it does not end exactly what still waited in the case"),
        (_goes_on, "after which nothing happens in a case"),
    ],
)
def test_an_event_of_a_removal_that_was_forged_is_named(
    scene: Scene, attack: Connection, change: Change, words: str
) -> None:
    log = scene.log(scene.numbers[0])
    rebuild(attack, log, change)
    seq = sql(attack, "SELECT max(seq) FROM events WHERE log_id = CAST(:log AS uuid)", log=log).scalar_one()
    assert [of for of, sentence in told(verify_case(attack, log)) if words in sentence] == [seq]


def _one_alone(rows: list[Stored]) -> None:
    last(rows, REMOVAL_AGREED)["header"]["actor"] = last(rows, REMOVAL_ASKED)["header"]["actor"]


def _no_role(rows: list[Stored]) -> None:
    last(rows, REMOVAL_AGREED)["header"]["role"] = "officer"


def _longer(rows: list[Stored]) -> None:
    asked = last(rows, REMOVAL_ASKED)["effects"]["removal_asked"]
    asked["classes"]["other"].append("0" * 64)


def _longer_with_digest(rows: list[Stored]) -> None:
    row = last(rows, REMOVAL_ASKED)
    row["effects"]["removal_asked"] |= asked_for("2026-01-01", {"x": "other"})


def _not_named(rows: list[Stored]) -> None:
    last(rows, CASE_REMOVED)["effects"]["case_removal"]["case"] = "0" * 64


def _another_event(rows: list[Stored]) -> None:
    last(rows, CASE_REMOVED)["effects"]["case_removal"]["event"] = 1


def _archived_there(rows: list[Stored]) -> None:
    last(rows, CASE_REMOVED)["effects"]["case_removal"]["sealed"] = "0" * 64


def _twice(rows: list[Stored]) -> None:
    done = [row for row in rows if row["header"]["kind"] == CASE_REMOVED]
    done[1]["effects"] = done[0]["effects"]


@pytest.mark.parametrize(
    ("change", "kind", "words"),
    [
        (_one_alone, REMOVAL_AGREED, "also agreed to it"),
        (_no_role, REMOVAL_AGREED, "not by officer"),
        (_longer, REMOVAL_ASKED, "not what its digest was made of"),
        (_longer_with_digest, REMOVAL_AGREED, "another removal was agreed to"),
        (_longer_with_digest, CASE_REMOVED, "does not name this case"),
        (_not_named, CASE_REMOVED, "does not name this case"),
        (_another_event, CASE_REMOVED, "does not say that its contents were removed"),
        (_archived_there, CASE_REMOVED, "which sealed file the contents went into"),
        (_twice, CASE_REMOVED, "had come to this case before"),
    ],
)
def test_a_decision_that_was_forged_is_named(
    scene: Scene, attack: Connection, change: Change, kind: str, words: str
) -> None:
    rebuild(attack, scene.programme, change)
    seqs = sql(
        attack,
        "SELECT seq FROM events WHERE log_id = CAST(:log AS uuid) AND kind = :kind",
        log=scene.programme,
        kind=kind,
    ).scalars()
    named = {of for of, sentence in told(verify_case(attack, scene.programme)) if words in sentence}
    assert named
    assert named <= set(seqs)


def test_more_than_the_list_is_named_in_the_case(scene: Scene, attack: Connection) -> None:
    """The list is cut to one case, so that the other one was removed by nobody's decision."""

    def shorten(rows: list[Stored]) -> None:
        asked = last(rows, REMOVAL_ASKED)["effects"]["removal_asked"]
        asked["classes"]["other"] = asked["classes"]["other"][:1]

    rebuild(attack, scene.programme, shorten)
    wrong = [
        number
        for number in scene.numbers
        if any("does not name this case" in said for _, said in told(verify_case(attack, scene.log(number))))
    ]
    assert len(wrong) == 1


def test_a_removal_under_a_hold_is_named(scene: Scene) -> None:
    """The row of the hold is hidden from the worker, and put back."""
    scene.agree()
    with transaction(scene.engine) as db:
        by = scene.world.actor(db, "compliance")
        place_hold(db, by, programme=scene.programme, case=scene.numbers[0], reason="A suit.", request=new_request())
    with scene.superuser.begin() as db:
        sql(db, "CREATE TABLE hidden AS SELECT * FROM legal_holds")
        sql(db, "DELETE FROM legal_holds")
    assert carry_on(scene.engine, scene.programme) == 2
    with scene.superuser.begin() as db:
        sql(db, "INSERT INTO legal_holds SELECT * FROM hidden")
        sql(db, "DROP TABLE hidden")
    found: list[Any] = [one for one in verify_all(scene.engine) if "a legal hold was on the case" in one.sentence]
    assert [one.number for one in found] == [scene.numbers[0]]
    assert found[0].seq is not None
