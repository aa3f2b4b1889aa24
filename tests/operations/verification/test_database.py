"""What no single log can tell, and the command that says it all."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.execution.context import Library
from casework.ledger.hash_chain import genesis
from casework.operations.history import point_in_time
from casework.operations.verification.database import check_rest
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from tests.operations.verification.forger import Scene, not_allowed, sql
from tests.support.databases import run_casework


def test_a_membership_without_an_event_is_found(scene: Scene, attack: Connection) -> None:
    sql(
        attack,
        "INSERT INTO memberships (id, person_id, role, programme_id, starts_at) VALUES (gen_random_uuid(),"
        " CAST(:person AS uuid), 'supervisor', CAST(:programme AS uuid), now())",
        person=scene.world.people["officer"],
        programme=scene.world.programmes["BJ"],
    )
    [found] = verify_case(attack, scene.world.programmes["BJ"])
    assert (found.kind, found.table) == ("rows", "memberships")
    assert "in no event" in found.sentence


RIGHTS = {
    "encumbrances": 'UPDATE rights SET encumbrances = \'[{"id": "x", "kind": "pledge", "to": null}]\'',
    "confirmed": "UPDATE rights SET confirmed = false",
    "expires_on": "UPDATE rights SET expires_on = '2099-01-01'",
    "status": "UPDATE rights SET status = 'lapsed'",
}


@pytest.mark.parametrize("column", RIGHTS)
def test_an_edited_right_is_found(column: str, scene: Scene, attack: Connection) -> None:
    right = scene.world.rights[0]
    sql(attack, f"{RIGHTS[column]} WHERE id = CAST(:id AS uuid)", id=right)
    assert [(one.table, one.row, one.column) for one in verify_case(attack, right)] == [("rights", right, column)]


def test_an_edited_calendar_is_found(scene: Scene, attack: Connection) -> None:
    programme = scene.world.programmes["BJ"]
    sql(
        attack,
        "UPDATE programmes SET calendar = jsonb_set(calendar, '{version}', '9') WHERE id = CAST(:id AS uuid)",
        id=programme,
    )
    assert [(one.table, one.column) for one in verify_case(attack, programme)] == [("programmes", "calendar")]


REST: dict[str, tuple[str, str]] = {
    "a case without a log": ("DELETE FROM logs WHERE id = CAST(:log AS uuid)", "orphan"),
    "a person without a log": (
        "INSERT INTO people (id, email, name) VALUES (gen_random_uuid(), 'ghost@example.org', 'Ghost')", "orphan",
    ),
    "a gap in the numbers": ("UPDATE cases SET number = replace(number, '0001', '0009')", "numbers"),
    "a case too few": ("DELETE FROM cases WHERE id = CAST(:log AS uuid)", "numbers"),
    "a counter turned on": ("UPDATE numbers SET last = last + 1", "numbers"),
    "an edition's rules": ("UPDATE editions SET rules = rules || '{\"initial\": \"closed\"}'", "edition"),
    "a request of no event": (
        "INSERT INTO requests (actor_id, key, digest, status, log_id, seq) VALUES (gen_random_uuid(), 'key', '', 200,"
        " CAST(:log AS uuid), 4)", "request",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REST)
def test_what_no_single_log_can_tell_is_found(name: str, scene: Scene, attack: Connection) -> None:
    statement, kind = REST[name]
    sql(attack, statement, **({"log": scene.log} if ":log" in statement else {}))
    found = list(check_rest(attack))
    assert kind in {one.kind for one in found}, found


def test_a_log_without_events_is_found(scene: Scene, attack: Connection) -> None:
    log = sql(attack, "SELECT gen_random_uuid()").scalar_one()
    sql(
        attack,
        "INSERT INTO logs (id, kind, seq, head, last_at) VALUES (CAST(:id AS uuid), 'case', 0, :head, now())",
        id=log,
        head=genesis(log),
    )
    assert [one.kind for one in verify_case(attack, log)] == ["empty"]


def test_an_edition_whose_file_is_gone_is_read_from_the_database(
    scene: Scene, attack: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(point_in_time, "load_library", lambda: Library({}, {}))
    assert verify_case(attack, scene.log) == []
    sql(attack, "DELETE FROM editions WHERE workflow = 'case'")
    assert all("unknown" in sentence for _, sentence in not_allowed(verify_case(attack, scene.log)))


# --- the command -----------------------------------------------------------------------------------------------------


def _verify(scene: Scene, *arguments: str) -> Any:
    return run_casework("verify", *arguments, environment={"DATABASE_URL": str(scene.settings.database_url)})


def test_the_command_says_that_nothing_is_wrong(scene: Scene) -> None:
    done = _verify(scene)
    assert (done.returncode, done.stdout.endswith("nothing is wrong.\n")) == (0, True), done.stdout
    one = json.loads(_verify(scene, scene.number, "--json").stdout)
    assert (one["logs"], one["faults"]) == (1, [])


def test_the_command_names_case_event_and_fault_and_exits_with_1(scene: Scene) -> None:
    statement = "UPDATE tasks SET due_at = due_at + CAST(:by AS interval) WHERE log_id = CAST(:log AS uuid)"
    with transaction(scene.superuser) as db:
        sql(db, statement, by=timedelta(days=1), log=scene.log)
    try:
        done = _verify(scene, scene.number)
        assert done.returncode == 1
        assert f"{scene.number} [rows] tasks.due_at" in done.stdout
        told = json.loads(_verify(scene, "--json").stdout)
        assert {(one["number"], one["table"], one["column"]) for one in told["faults"]} == {
            (scene.number, "tasks", "due_at")
        }
    finally:
        with transaction(scene.superuser) as db:
            sql(db, statement, by=timedelta(days=-1), log=scene.log)
