"""The verifier finds and places whatever was changed in what is stored, and nothing in a whole database."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from casework.operations.core.register_entries import INSTALLATION
from casework.operations.history.point_in_time import Past
from casework.operations.verification import service
from casework.operations.verification.kept_rows import KeptRows, read_kept
from casework.operations.verification.rows import HOMES
from casework.operations.verification.service import (
    PROGRAMME_OF,
    check_one,
    check_some,
    groups_of_logs,
    verify_all,
    verify_case,
)
from casework.records.database import connect_engine, transaction
from tests.operations.verification.forger import LAST, Scene, sql
from tests.support.world import build_world


def test_a_whole_world_verifies(scene: Scene) -> None:
    engine = connect_engine(scene.settings)
    assert list(verify_all(engine)) == []
    engine.dispose()


# --- nine attacks on what is stored ---------------------------------------------------------------------------------

HERE = " WHERE log_id = CAST(:log AS uuid) AND seq = 5"

ATTACKS: dict[str, tuple[tuple[str, ...], str, int | None]] = {
    "a changed body": (
        ("UPDATE events SET body = jsonb_set(body, '{person,value}', '\"Nobody\"')" + HERE,), "chain.body", 5,
    ),
    "changed effects": (
        ("UPDATE events SET effects = jsonb_set(effects, '{name}', '\"something_else\"')" + HERE,), "chain.effects", 5,
    ),
    "a changed header": (
        ("UPDATE events SET header = jsonb_set(header, '{actor}', to_jsonb(gen_random_uuid()))" + HERE,),
        "chain.header", 5,
    ),
    "a changed hash": (("UPDATE events SET hash = repeat('0', 64)" + HERE,), "chain.hash", 5),
    "a changed column": (("UPDATE events SET actor_id = 'somebody'" + HERE,), "column", 5),
    "a removed event": (("DELETE FROM events" + HERE,), "chain.removed", 5),
    "a tail cut off": (
        (f"DELETE FROM events WHERE log_id = CAST(:log AS uuid) AND seq > {LAST} - 2",), "chain.truncated", None,
    ),
    "an inserted event": (
        (
            f"INSERT INTO events SELECT log_id, {LAST} + 1, at, kind, track_id, actor_id, header, effects, body, hash"
            " FROM events" + HERE,
        ),
        "chain.", None,
    ),
    "two events swapped": (
        (
            "UPDATE events SET seq = 0" + HERE,
            "UPDATE events SET seq = 5 WHERE log_id = CAST(:log AS uuid) AND seq = 7",
            "UPDATE events SET seq = 7 WHERE log_id = CAST(:log AS uuid) AND seq = 0",
        ),
        "chain.swapped", 5,
    ),
    "another head": (("UPDATE logs SET head = repeat('a', 64) WHERE id = CAST(:log AS uuid)",), "chain.head", None),
}  # fmt: skip


@pytest.mark.parametrize("name", ATTACKS)
def test_what_was_changed_in_a_log_is_found_and_placed(name: str, scene: Scene, attack: Connection) -> None:
    statements, kind, seq = ATTACKS[name]
    for statement in statements:
        assert sql(attack, statement, log=scene.log).rowcount
    found = verify_case(attack, scene.log)
    assert any(one.kind.startswith(kind) and seq in (None, one.seq) for one in found), found
    assert {one.number for one in found} == {scene.number}


BEHIND: dict[str, tuple[str, str, str | None]] = {
    "a task's holder": ("UPDATE tasks SET holder_id = gen_random_uuid()", "tasks", "holder_id"),
    "a task's due date": ("UPDATE tasks SET due_at = due_at + interval '1 day'", "tasks", "due_at"),
    "a task removed": ("DELETE FROM tasks", "tasks", None),
    "a track's state": ("UPDATE tracks SET states = '{completed}'", "tracks", "states"),
    "a track's order": ("UPDATE tracks SET position = -position", "tracks", "position"),
    "a clock's moment": ("UPDATE clocks SET fires_at = '2030-01-01'", "clocks", "fires_at"),
    "a consent's end": ("UPDATE consents SET ended_at = now()", "consents", "ended_at"),
    "a consent made": (
        "INSERT INTO consents (id, log_id, party, given_on) SELECT gen_random_uuid(), id, 'need_owner', '2026-01-01'"
        " FROM logs", "consents", None,
    ),
    "a case's owner": ("UPDATE cases SET owner_id = gen_random_uuid()", "cases", "owner_id"),
    "a case's state": ("UPDATE cases SET state = 'closed'", "cases", "state"),
}  # fmt: skip


@pytest.mark.parametrize("name", BEHIND)
def test_a_row_changed_behind_the_history_is_found_and_placed(name: str, scene: Scene, attack: Connection) -> None:
    statement, table, column = BEHIND[name]
    key = "id" if table == "cases" or "INSERT" in statement else "log_id"
    assert sql(attack, f"{statement} WHERE {key} = CAST(:log AS uuid)", log=scene.log).rowcount
    found = verify_case(attack, scene.log)
    assert found
    assert {(one.kind, one.table) for one in found} == {("rows", table)}
    assert column in {one.column for one in found}


# --- several at once ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*ATTACKS, *BEHIND])
def test_of_logs_that_are_read_together_the_same_is_found_as_of_each_alone(
    name: str, scene: Scene, attack: Connection
) -> None:
    statements = ATTACKS[name][0] if name in ATTACKS else (BEHIND[name][0],)
    for statement in statements:
        sql(attack, statement, log=scene.log)
    past = Past(attack)
    logs = [*attack.execute(text("SELECT id FROM logs ORDER BY id DESC")).scalars(), str(UUID(int=0))]
    assert len(logs) > 20
    together = check_some(attack, logs, past)
    assert together == [check_one(attack, log, past) for log in logs]
    assert {one.log for one in together if one.findings} > {logs[-1]}
    assert (together[-1].kind, check_some(attack, [], past)) == ("missing", [])


def test_what_cannot_be_read_of_one_log_is_said_of_it_alone(
    scene: Scene, attack: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def read(db: Connection, logs: list[str]) -> dict[str, KeptRows]:
        if scene.log in logs:
            raise ValueError("a number of too many digits")
        return read_kept(db, logs)

    monkeypatch.setattr(service, "read_kept", read)
    logs = list(attack.execute(text("SELECT id FROM logs WHERE kind = 'case' ORDER BY id")).scalars())
    found = [finding for one in check_some(attack, logs, Past(attack)) for finding in one.findings]
    assert [(one.kind, one.log) for one in found] == [("unreadable", scene.log)]


@given(st.lists(st.sampled_from([0, 1, 7, 21, 499, 500, 501, 10**12]), max_size=120))
def test_what_is_read_together_is_short(lengths: list[int]) -> None:
    logs = [(str(n), length) for n, length in enumerate(lengths)]
    groups = list(groups_of_logs(logs))
    assert [log for group in groups for log in group] == [log for log, _ in logs]
    by_log = dict(logs)
    for group in groups:
        assert 1 <= len(group) <= 20
        assert len(group) == 1 or sum(by_log[log] for log in group) <= 500


# --- what the database itself refuses --------------------------------------------------------------------------------

REWRITES = ("UPDATE events SET kind = 'x'", "DELETE FROM events", "TRUNCATE events")


@pytest.mark.parametrize("statement", REWRITES)
def test_the_application_may_not_rewrite_events(statement: str, engine: Engine) -> None:
    with pytest.raises(DBAPIError, match="permission denied"), transaction(engine) as db:
        db.execute(text(statement))


@pytest.mark.parametrize("statement", REWRITES)
def test_the_trigger_refuses_it_to_the_owner_as_well(statement: str, owner_engine: Engine, engine: Engine) -> None:
    with transaction(engine) as db:
        build_world(db)
    with pytest.raises(DBAPIError) as told, transaction(owner_engine) as db:
        db.execute(text(statement))
    assert "permission denied" not in str(told.value)


@pytest.mark.parametrize("kind", ["case", "programme", "organisation", "person", "right", "need", "technology"])
def test_a_log_moved_to_another_programme_is_found(kind: str, scene: Scene, attack: Connection) -> None:
    """With its row, where that says of which programme it is."""
    log = sql(attack, "SELECT id FROM logs WHERE kind = :kind ORDER BY id LIMIT 1", kind=kind).scalar_one()
    given = {"log": log, "to": scene.world.programmes["SH"]}
    sql(attack, "UPDATE logs SET programme_id = CAST(:to AS uuid) WHERE id = CAST(:log AS uuid)", **given)
    if kind == "case":
        sql(attack, "UPDATE cases SET programme_id = CAST(:to AS uuid) WHERE id = CAST(:log AS uuid)", **given)
    assert "head" in {one.kind for one in verify_case(attack, log)}


def test_whose_log_it_is_is_said_for_every_kind() -> None:
    """The installation's own log has no row that it is the home of."""
    assert set(PROGRAMME_OF) == {*HOMES, INSTALLATION}
