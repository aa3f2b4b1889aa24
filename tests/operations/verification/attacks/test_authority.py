"""Roles, absences and whose a log is, made to fit in chain, head and row."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection

from casework.engine.state.events import HANDED_OVER, RELIEVED
from casework.operations.core.perform import home_of
from casework.operations.core.register_entries import INSTALLATION
from casework.operations.people.registry import end_role
from casework.operations.tasks.service import claim_task
from casework.operations.verification.rows import HOMES
from casework.operations.verification.service import PROGRAMME_OF, verify_case
from tests.operations.verification.attacks.forger import LAST, Json, Scene, Stored, not_allowed, rebuild, sql, the
from tests.support.world import new_request


def _grant(scene: Scene, rows: list[Stored], who: str, **effects: Json) -> None:
    """A role more at the end of a programme's log, as somebody with a pen would write it."""
    model = the(rows, "granted")
    at = (datetime.fromisoformat(rows[-1]["header"]["at"]) + timedelta(seconds=1)).isoformat(timespec="microseconds")
    written = model["effects"] | {"membership": str(uuid.uuid4()), "starts_at": at, "ends_at": None} | effects
    header = model["header"] | {"at": at.replace("+00:00", "Z"), "actor": scene.world.people[who]}
    rows.append({"header": header, "effects": written, "body": {}})


FORGED: dict[str, tuple[str, dict[str, str], str]] = {
    "by an officer": ("officer", {"person": "observer", "role": "officer"}, "given by administrators"),
    "to oneself": ("administrator", {"person": "administrator", "role": "supervisor"}, "to themselves"),
    "by a supervisor without an absence": ("supervisor", {"person": "observer", "role": "officer"}, "given by administrators"),
    "by an absence that there is not": (
        "officer", {"person": "observer", "role": "officer", "deputy_for": "officer", "absence": "", "via": ""},
        "no absence passes this role on",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_role_given_by_somebody_who_could_not_is_found(name: str, scene: Scene, db: Connection) -> None:
    who, given, words = FORGED[name]
    programme = scene.world.programmes["BJ"]
    effects = {key: scene.world.people.get(value, value) if key != "role" else value for key, value in given.items()}
    effects |= {key: str(uuid.uuid4()) for key in ("absence", "via") if key in given}
    rebuild(db, programme, lambda rows: _grant(scene, rows, who, **effects))
    sql(
        db,
        "INSERT INTO memberships (id, person_id, role, programme_id, deputy_for, starts_at, absence_id, via_id)"
        " SELECT CAST(effects->>'membership' AS uuid), CAST(effects->>'person' AS uuid), effects->>'role', log_id,"
        " CAST(effects->>'deputy_for' AS uuid), at, CAST(effects->>'absence' AS uuid), CAST(effects->>'via' AS uuid)"
        f" FROM events WHERE log_id = CAST(:log AS uuid) AND seq = {LAST}",
        log=programme,
    )
    assert [words in sentence for _, sentence in not_allowed(verify_case(db, programme))] == [True]


def test_a_role_ended_by_somebody_who_could_not_is_found(scene: Scene, db: Connection) -> None:
    programme = scene.world.programmes["BJ"]
    one = sql(
        db, "SELECT id FROM memberships WHERE person_id = CAST(:person AS uuid)", person=scene.world.people["manager"]
    ).scalar_one()
    sql(db, "SET LOCAL session_replication_role = origin")
    end_role(db, str(one), by=scene.world.people["supervisor"])
    assert ["could not end this role" in sentence for _, sentence in not_allowed(verify_case(db, programme))] == [True]


@pytest.mark.parametrize("kind", ["case", "programme", "organisation", "person", "right"])
def test_a_log_moved_to_another_programme_is_found(kind: str, scene: Scene, db: Connection) -> None:
    """With its row, where that says of which programme it is."""
    log = sql(db, "SELECT id FROM logs WHERE kind = :kind ORDER BY id LIMIT 1", kind=kind).scalar_one()
    given = {"log": log, "to": scene.world.programmes["SH"]}
    sql(db, "UPDATE logs SET programme_id = CAST(:to AS uuid) WHERE id = CAST(:log AS uuid)", **given)
    if kind == "case":
        sql(db, "UPDATE cases SET programme_id = CAST(:to AS uuid) WHERE id = CAST(:log AS uuid)", **given)
    assert "head" in {one.kind for one in verify_case(db, log)}


def test_whose_log_it_is_is_said_for_every_kind() -> None:
    """The installation's own log has no row that it is the home of."""
    assert set(PROGRAMME_OF) == {*HOMES, INSTALLATION}


def test_a_hand_over_by_a_forged_owner_is_found(scene: Scene, db: Connection) -> None:
    """The row named another owner for one action, which did not free what the true one held; what came after it did."""
    people = scene.world.people
    sql(db, "SET LOCAL session_replication_role = origin")
    number = scene.world.new_case(db)
    log = home_of(db, number)
    scene.world.fire(db, "officer", number, "take")
    task = (
        sql(db, "SELECT id FROM tasks WHERE log_id = CAST(:log AS uuid) AND state = 'Ready'", log=log).scalars().first()
    )
    claim_task(db, scene.world.actor(db, "officer"), str(task), new_request())
    sql(
        db,
        "UPDATE cases SET owner_id = CAST(:it AS uuid) WHERE id = CAST(:log AS uuid)",
        it=people["other_officer"],
        log=log,
    )
    scene.world.hand_over(db, "supervisor", number, "other_officer")
    freed = sql(
        db,
        "SELECT header->>'kind' AS kind, effects FROM events WHERE log_id = CAST(:log AS uuid) ORDER BY seq DESC LIMIT 2",
        log=log,
    ).all()
    assert [(one.kind, [state["id"] for state in one.effects.get("task_states", ())]) for one in freed] == [
        (RELIEVED, [str(task)]),
        (HANDED_OVER, []),
    ]
    assert ["does not free exactly" in sentence for _, sentence in not_allowed(verify_case(db, log))] == [True]
