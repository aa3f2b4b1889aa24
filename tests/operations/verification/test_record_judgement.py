"""A need's log is judged: what is forged, made to fit in chain, head and row, is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Connection

from casework.engine.case_objects.kept_records import evolve
from casework.engine.roles import Role
from casework.engine.state.events import SYSTEM_ACTOR, RegisterEvent
from casework.operations.catalogue.kept_records import confirm_field, set_owner
from casework.operations.core.record_log import _update
from casework.operations.history.point_in_time import Past
from casework.operations.verification.record_judgement import import_faults, record_faults
from casework.operations.verification.service import verify_case
from casework.records.event_log import read_register
from tests.operations.catalogue.test_need_renewals import answer, asked, on_record
from tests.operations.verification.forger import Json, Scene, not_allowed, rebuild, sql, the
from tests.support.world import World, new_request


def _kept(scene: Scene, attack: Connection) -> str:
    """A need that was imported, confirmed, and given to another owner than the one that was confirmed."""
    sql(attack, "SET LOCAL session_replication_role = origin")
    who, need = scene.world.actor(attack, "officer"), scene.world.needs[0]
    confirm_field(attack, who, "need", need, field="title", request=new_request())
    for name, reason in (("bank", None), ("lab", "The works were sold.")):
        owner = scene.world.organisations[name]
        set_owner(attack, who, "need", need, organisation=owner, reason=reason, request=new_request())
    sql(attack, "SET LOCAL session_replication_role = replica")
    return need


def _fit_row(db: Connection, need: str) -> None:
    """Bring the row after whatever its log says now, as somebody would who knows how."""
    state: dict[str, Any] = {}
    for event in read_register(db, need):
        state = evolve("need", state, event)
    _update(db, "needs", [{"id": need, **state}])


def test_what_officers_do_is_not_spoken_against(scene: Scene, attack: Connection) -> None:
    need, programme = _kept(scene, attack), scene.world.programmes["BJ"]
    assert list(record_faults(attack, Past(attack), "need", programme, read_register(attack, need))) == []
    assert list(import_faults(attack, programme, read_register(attack, programme))) == []
    assert verify_case(attack, need) == []


@pytest.mark.parametrize(
    ("of", "header", "effects", "body", "words"),
    [
        ("confirmed", {"role": "auditor"}, {}, {}, "kept by officer or supervisor, not by auditor"),
        ("confirmed", {"role": "supervisor"}, {}, {}, "did not hold the role supervisor"),
        ("confirmed", {}, {"confirmed": ["title", "id"]}, {}, "id is no field"),
        ("recorded", {}, {"cause": {"log": "nobody", "seq": 1}}, {}, "does not know"),
        ("recorded", {}, {"confirmed": ["title"]}, {}, "confirmed by nobody"),
        ("last", {}, {}, {"reason": None}, "does not say why"),
        ("last", {}, {}, {"before.owner_id": None}, "without a word of what stood there"),
        ("last", {}, {}, {"before.owner_id": "nobody"}, "something else stood there"),
        ("last", {"kind": "imported"}, {"cause": {"log": "nobody", "seq": 1}}, {}, "which a person had confirmed"),
    ],
)
def test_a_forged_event_is_found(
    scene: Scene,
    attack: Connection,
    of: str,
    header: dict[str, str],
    effects: dict[str, Json],
    body: dict[str, str | None],
    words: str,
) -> None:
    need = _kept(scene, attack)

    def forge(rows: list[dict[str, Json]]) -> None:
        row = rows[-1] if of == "last" else the(rows, of)
        row["header"] |= header
        row["effects"] |= effects
        for name, value in body.items():
            if value is None:
                del row["body"][name]
            else:
                row["body"][name]["value"] = value

    rebuild(attack, need, forge)
    _fit_row(attack, need)
    assert any(words in sentence for _, sentence in not_allowed(verify_case(attack, need)))


@pytest.mark.parametrize("column", ["title", "problem", "status", "provenance", "owner_id", "updated_at"])
def test_a_row_changed_behind_its_log_is_named_with_its_column(scene: Scene, attack: Connection, column: str) -> None:
    need = scene.world.needs[0]
    value = {"provenance": "'{}'", "owner_id": "NULL", "updated_at": "now()"}.get(column, "'forged'")
    sql(attack, f"UPDATE needs SET {column} = {value} WHERE id = CAST(:id AS uuid)", id=need)
    assert [(found.table, found.row, found.column) for found in verify_case(attack, need)] == [("needs", need, column)]


def test_a_need_that_is_gone_with_its_log_is_missed_by_its_import(scene: Scene, attack: Connection) -> None:
    need, programme = scene.world.needs[1], scene.world.programmes["BJ"]
    assert verify_case(attack, programme) == []
    for table, column in (("matches", "need_id"), ("needs", "id"), ("events", "log_id"), ("logs", "id")):
        sql(attack, f"DELETE FROM {table} WHERE {column} = CAST(:id AS uuid)", id=need)
    sentences = [found.sentence for found in verify_case(attack, programme)]
    assert any("disagrees with the records" in sentence for sentence in sentences), sentences


@pytest.mark.parametrize(
    ("header", "effects", "body", "words"),
    [
        ({"actor": "nobody"}, {}, {}, "follows from no case of the need"),
        (
            {},
            {"cause": {"log": "01900000-0000-7000-8000-000000000000", "seq": 1}},
            {},
            "follows from no case of the need",
        ),
        ({}, {"confirmed": ["status"]}, {}, "is not how a need stands alone"),
        ({}, {}, {"status": "withdrawn"}, "no case decides that a need stands so"),
        ({}, {}, {"status": "met"}, "by its cases the need is matched, not met"),
        ({}, {}, {"before.status": "met"}, "something else stood there"),
        ({"kind": "corrected"}, {}, {}, "by something else than withdrawing it"),
    ],
)
def test_how_a_need_stands_follows_from_its_cases_and_from_nothing_else(
    scene: Scene, attack: Connection, header: dict[str, str], effects: dict[str, Json], body: dict[str, str], words: str
) -> None:
    sql(attack, "SET LOCAL session_replication_role = origin")
    need = scene.world.needs[1]
    scene.world.open_case(attack, 1)
    sql(attack, "SET LOCAL session_replication_role = replica")
    assert verify_case(attack, need) == []

    def forge(rows: list[dict[str, Json]]) -> None:
        row = rows[-1]
        assert row["header"]["kind"] == "followed"
        row["header"] |= header
        row["effects"] |= effects
        for name, value in body.items():
            row["body"][name]["value"] = value

    rebuild(attack, need, forge)
    _fit_row(attack, need)
    told = [sentence for _, sentence in not_allowed(verify_case(attack, need))]
    assert any(words in sentence for sentence in told), told


Forged = Callable[[list[RegisterEvent]], list[RegisterEvent]]


def _last(**other: Any) -> Forged:
    return lambda events: [*events[:-1], replace(events[-1], **other)]


def _asked(**other: Any) -> Forged:
    """The question, as if the clock had put it, and no more."""
    return lambda events: [*events[:-2], replace(events[-2], actor=SYSTEM_ACTOR, role=Role.SYSTEM, **other)]


@pytest.mark.parametrize(
    ("forge", "words"),
    [
        (lambda events: events, ""),
        (lambda events: [*events[:-2], events[-1]], "no answer to what its enterprise was asked"),
        (
            lambda events: [*events, replace(events[-1], seq=events[-1].seq + 1)],
            "no answer to what its enterprise was asked",
        ),
        (
            _last(effects={"statement": "01900000-0000-7000-8000-000000000000"}),
            "a question to its enterprise that is not there",
        ),
        (_last(effects={}), "does not say by which link"),
        (_last(role="officer"), "says by a link whether its need still holds"),
        (_last(kind="corrected"), "says by a link whether its need still holds"),
        (_last(body={"title": "x", "before.title": "利用余热供热"}), "says more by a link"),
        (_last(body={"status": "withdrawn", "before.status": "published"}), "says more by a link"),
        (_asked(), ""),
        (_asked(body={"title": "x", "before.title": "利用余热供热"}), "changes what the record says"),
    ],
)
def test_by_a_link_that_was_asked_for_an_enterprise_says_whether_its_need_holds_and_nothing_else(
    world: World, db: Connection, forge: Forged, words: str
) -> None:
    need = on_record(db, world)
    _, token, opened = asked(db, world, need)
    answer(db, token, opened)
    events = forge(list(read_register(db, need)))
    found = [why for _, why in record_faults(db, Past(db), "need", world.programmes["BJ"], events)]
    assert (found == []) if not words else any(words in why for why in found)
