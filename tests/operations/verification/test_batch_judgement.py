"""Batches that somebody with all power over the database made up: each is found, in the application and from the file of a case."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from casework.engine.batches import BATCH_AGREED, BATCH_ASKED, BATCH_CASE
from casework.operations.documents.key_material import document_store_of
from casework.operations.verification.case_archive import make_case_file
from casework.operations.verification.service import verify_case
from casework.records.database import transaction
from casework.settings import Settings
from casework_verify.batches import batches_of
from casework_verify.histories import History
from tests.operations.people.batch_scene import Batching, set_batching
from tests.operations.people.test_case_migrations import judged
from tests.operations.verification.forger import Stored, rebuild, sql
from tests.operations.verification.test_removal_judgement import last, told
from tests.support.world import World
from tests.verifier.forging import Forgery

Change = Callable[[list[Stored]], None]


@pytest.fixture
def batching(world: World, engine: Engine, owner_engine: Engine) -> Batching:
    made = set_batching(engine, owner_engine, world)
    made.agree()
    made.carry_on()
    return made


@pytest.fixture
def attack(batching: Batching, superuser_engine: Engine) -> Iterator[Connection]:
    """A superuser's transaction, with the triggers off and rolled back at the end."""
    with superuser_engine.connect() as db, db.begin() as tried:
        sql(db, "SET LOCAL session_replication_role = replica")
        yield db
        tried.rollback()


def _one_alone(rows: list[Stored]) -> None:
    last(rows, BATCH_AGREED)["header"]["actor"] = last(rows, BATCH_ASKED)["header"]["actor"]


def _no_role(rows: list[Stored]) -> None:
    last(rows, BATCH_AGREED)["header"]["role"] = "officer"


def _longer(rows: list[Stored]) -> None:
    last(rows, BATCH_ASKED)["effects"]["batch_asked"]["cases"].append("0" * 64)


def _without_a_plan(rows: list[Stored]) -> None:
    del last(rows, "batch_asked")["effects"]["batch_asked"]["plan"]


def _said_of(rows: list[Stored], **told: Any) -> None:
    last(rows, BATCH_CASE)["effects"]["batch_case"].update(told)


def _stopped(rows: list[Stored]) -> None:
    """Somebody stopped it before, whom the worker did not hear."""
    header = {**last(rows, BATCH_AGREED)["header"], "kind": "batch_suspended"}
    first = next(n for n, row in enumerate(rows) if row["header"]["kind"] == BATCH_CASE)
    rows.insert(first, {"header": header, "effects": {"batch": first}, "body": {}})


def _elsewhere(rows: list[Stored]) -> None:
    rows.append({**rows[-1], "header": {**rows[-1]["header"], "kind": "changed"}})


def _move_otherwise(more: dict[str, Any], rows: list[Stored]) -> None:
    last(rows, "migrated")["effects"]["migration"].update(more)


FORGED: tuple[tuple[Change, str], ...] = (
    (_one_alone, "also agreed to it"),
    (_no_role, "not by officer"),
    (_without_a_plan, "not written as a proposal is"),
    (_longer, "not what its digest was made of"),
    (lambda rows: _said_of(rows, case="0" * 64), "does not name this case"),
    (lambda rows: _said_of(rows, event=1), "does not say that it was moved"),
    (lambda rows: _said_of(rows, why=["x"]), "does not say what became"),
    (_stopped, "suspended then"),
    (_elsewhere, "events of its own"),
)


def test_what_two_persons_decided_is_whole_and_what_was_forged_is_named(
    batching: Batching, attack: Connection, settings: Settings, tmp_path: Path
) -> None:
    log, case = batching.programme, batching.homes["consent"]
    for one in (log, case):
        assert verify_case(attack, one) == []
    for change, words in FORGED:
        point = attack.begin_nested()
        rebuild(attack, log, change)
        assert any(words in sentence for _, sentence in told(verify_case(attack, log))), words
        if change in (_one_alone, _longer):
            # It is judged with the log of the programme, and not with each case.
            assert verify_case(attack, case) == []
        point.rollback()
    for told_of, words in (({"batch": 1}, "no second person"), ({"plan": "0" * 64}, "of another plan")):
        point = attack.begin_nested()
        rebuild(attack, case, partial(_move_otherwise, told_of))
        assert any(words in sentence for _, sentence in told(verify_case(attack, case))), words
        point.rollback()
    _forge_a_file(batching, settings, tmp_path / "case.zip")


def _forge_a_file(batching: Batching, settings: Settings, path: Path) -> None:
    """The package finds the same, from what the file of the case has of the programme."""
    with transaction(batching.engine) as db:
        by, store = batching.world.actor(db, "auditor"), document_store_of(batching.engine, settings)
        file = make_case_file(db, by, store, batching.numbers["consent"], "/cases/x/file")
    path.write_bytes(b"".join(file.pieces()))
    forgery = Forgery(path)
    assert (judged(forgery), _found(forgery, lambda events: None)) == ([], [])
    without: dict[str, str] = {
        BATCH_AGREED: "batch_undecided",
        BATCH_ASKED: "batch_undecided",
        BATCH_CASE: "batch_untold",
    }
    for kind, code in without.items():
        assert _found(forgery, lambda events, kind=kind: events.remove(_of(events, kind))) == [code]  # type: ignore[misc]  # bound at once
    assert _found(forgery, _agree_alone) == ["batch_alone"]
    assert _found(forgery, _agree_later) == ["batch_undecided"]
    assert _found(forgery, _decide_elsewhere) == ["batch_undecided"]
    row = next(row for row in forgery.rows if row["header"]["kind"] == "migrated")
    row["effects"]["migration"]["plan"] = "0" * 64
    assert _found(forgery, lambda events: None) == ["batch_other"]
    row["header"] |= {"actor": "system", "role": "system"}
    del row["effects"]["migration"]["batch"]
    assert "role_not_for_it" in {code for code, _ in judged(forgery)}


def _of(events: list[Any], kind: str) -> Any:
    return next(event for event in events if event["header"]["kind"] == kind)


def _agree_alone(events: list[Any]) -> None:
    _of(events, BATCH_AGREED)["header"]["actor"] = _of(events, BATCH_ASKED)["header"]["actor"]


def _agree_later(events: list[Any]) -> None:
    _of(events, BATCH_AGREED)["header"]["at"] = "2999-01-01T00:00:00.000000Z"


def _decide_elsewhere(events: list[Any]) -> None:
    """In another programme, which the file then names as the case's own."""
    for kind in (BATCH_ASKED, BATCH_AGREED, BATCH_CASE):
        _of(events, kind)["header"]["log"] = "01a00000-0000-7000-8000-000000000000"


def _found(forgery: Forgery, change: Callable[[list[Any]], object]) -> list[str]:
    roles = json.loads(forgery.parts["roles.json"])
    change(roles["events"])
    if change is _decide_elsewhere:
        roles["programme"] = _of(roles["events"], BATCH_AGREED)["header"]["log"]
    history = History(str(forgery.index["log"]), forgery.rows)
    return [fault.code for fault in batches_of(history, roles)]
